"""What the log keeps."""

import logging


def one_line(record: logging.LogRecord) -> bool:
    """A refusal or an unknown address is one line; only a breakdown keeps its trace."""
    if record.levelno < logging.ERROR:
        record.exc_info = record.exc_text = None
    return True
