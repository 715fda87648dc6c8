"""What the commands of this room say when something outside of them is wrong."""


class ConverterError(Exception):
    """A fault that the user can mend: what is wrong, where, and what to do. The commands print it and exit with 2."""

    def __init__(self, what: str, *, where: object, do: str) -> None:
        self.what = what
        self.where = str(where)
        self.do = do
        super().__init__(f"{what}\n  where: {where}\n  what to do: {do}")
