"""Pages in millimetres become PDF for the press: vector, in process and spot inks, page by page."""
