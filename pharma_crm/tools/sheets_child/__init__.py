"""The program behind ``tools.sheets``: a file on standard input, what it holds on standard output.

Called as ``python -I sheets_child SECONDS MEGABYTES TASK [FOLDER…]``: the folder itself is the
program. It runs in isolation, so its files import each other by their bare names and nothing of
the addons.

TASK ``cells`` answers in lines of JSON: ``["sheet", name, merges, date1904]``, then blocks
``["rows", width, rows, kinds]`` of that sheet, and so on. TASK ``unpack`` answers with a line
``["member", name, size, reason]`` per file of an archive, followed by its ``size`` bytes. The last
line is ``["end"]`` or ``["error", reason, detail]``: an answer without it is that of a reader which
died.
"""
