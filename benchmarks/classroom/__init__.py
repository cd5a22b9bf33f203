"""A class of sixty on one server, by real browsers and by clients that behave as one."""
