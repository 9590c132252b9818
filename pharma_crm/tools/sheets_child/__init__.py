"""The program behind ``tools.sheets``: a file on standard input, what it holds on standard output.

Called as ``python -I sheets_child SECONDS MEGABYTES TASK [FOLDER…]``: the folder itself is the
program. It runs in isolation, so its files import each other by their bare names and nothing of
the addons.

TASK ``cells`` answers in lines of JSON: ``["sheet", name, merges, date1904]``, then blocks of that
sheet, and so on. A cell is a code of four bytes, since the same ones come again and again:
``["texts", anew, letters, texts]`` tells what the next codes stand for, each a text and the letter
of its kind. The code of cell number n is ``n * 8 + kind``, with the place of the letter in
``' tndbe'`` as its kind; number 0 is the empty cell. ``anew`` says that all earlier ones are
forgotten. A block is ``["rows", width, count]``, followed by the codes of its cells, row by row, in
the machine's order of bytes. TASK ``unpack`` answers with a line
``["member", name, size, reason]`` per file of an archive, followed by its ``size`` bytes. The last
line is ``["end"]`` or ``["error", reason, detail]``: an answer without it is that of a reader which
died.
"""
