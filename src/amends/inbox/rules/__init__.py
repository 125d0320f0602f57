"""Pure decisions of the desk: values and `now` in, a decision out. No I/O."""
