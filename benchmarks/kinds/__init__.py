"""An app with two tables of other kinds of columns than this project's, to be measured by `make bench-kinds`."""
