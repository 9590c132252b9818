"""Settings of the database for work with many rows at once, until the end of the transaction.

No Odoo imports.
"""

# What the database may take for one sort: rows and cells are sorted and grouped without files.
MEMORY = "SET LOCAL work_mem = '64MB'"
# How much of a temporary table is looked at for the plan of its one use: a tenth of what is usual.
STATISTICS = "SET LOCAL default_statistics_target = 10"
# Foreign keys of each row look into tables of a few pages: by their indexes that is faster, though
# the database expects a page more to cost as much as on a turning disk.
KEYS_BY_INDEX = "SET LOCAL random_page_cost = 1.1"
