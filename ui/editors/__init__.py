"""Data schema to widget: importing this package registers an editor for every kind of schema.

`make_editor` gives the editor for a schema; `@editor("kind")` registers another one.
"""

from ui.editors import (
    blob,
    choices,
    curve,
    group,
    json_text,
    numbers,
    rows,
    text,
    value_label,
    variants,
    vector,
)
from ui.editors.base import (
    ChooseArchived,
    Editor,
    EditorContext,
    FileChoice,
    editor,
    make_editor,
    number_style,
)

__all__ = [
    "ChooseArchived",
    "Editor",
    "EditorContext",
    "FileChoice",
    "blob",
    "choices",
    "curve",
    "editor",
    "group",
    "json_text",
    "make_editor",
    "number_style",
    "numbers",
    "rows",
    "text",
    "value_label",
    "variants",
    "vector",
]
