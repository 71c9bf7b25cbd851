"""What search engines are told of a page: facts, kinds of business, the map of a host."""
