"""One file for each part of the pages; importing them declares their addresses."""
