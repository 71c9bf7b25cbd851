"""What a page paints: its content streams run through, so that every object is known with place, ink and size."""
