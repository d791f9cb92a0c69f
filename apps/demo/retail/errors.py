"""Why a retailer's file cannot be used."""


class FileUnreadable(Exception):
    """The file is no CSV with the columns that we read; who made it must act."""
