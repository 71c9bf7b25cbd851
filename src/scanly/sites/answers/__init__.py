"""What visitors send from a page: questions, wishes for a time, feedback, orders, coupons and stamps."""
