"""Failures written for the person who meets them: what happened, where, how to mend it."""


class ReadableError(Exception):
    """A failure in French, in three straight sentences. `where` and `how` may stay empty.

    Raised by background work, shown on the page of the job; never holds a trace or an address of the machine.
    """

    def __init__(self, what: str, *, where: str = "", how: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.how = how
