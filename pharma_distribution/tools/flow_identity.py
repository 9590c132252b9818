"""What makes a row of a file the same movement as a row of another file.

How to use
    for row, key in zip(rows, row_identities(rows, distributor='D1')): ...

How it works: a row is identified by its distributor, source (warehouse or branch), kind, document
number, product, lot, customer, day and quantity. Rows that are equal in all of that are told apart
by their occurrence number: the second such row of a file is the second movement. So reading a file
again gives the same identities, in whatever order its rows stand, and of two files that overlap the
common rows are those with equal identities (DESIGN, chapter 7, step 6).

No Odoo imports: testable alone.
"""

import hashlib

_SEPARATOR = '\x1f'


def row_identity(row, distributor='', customer=None, product=None):
    """The text that equal movements have in common.

    :param FlowRow row: a row without fault
    :param distributor: who sent the file
    :param customer: what the names mean, where that is known; else as the file writes them
    :param product: likewise
    :rtype: str
    """
    quantity = '' if row.quantity is None else format((row.quantity + 0).normalize(), 'f')
    parts = (
        distributor, row.source, row.kind, row.document_number,
        (row.raw_product, row.raw_product_code, row.raw_spec) if product is None else (product,),
        row.lot, (row.raw_customer, row.raw_customer_code) if customer is None else (customer,),
        row.date or row.raw_date, quantity, row.raw_unit)
    return _SEPARATOR.join(
        _SEPARATOR.join(map(str, part)) if isinstance(part, tuple) else str(part)
        for part in parts)


def row_identities(rows, distributor=''):
    """Identities of the rows of one file, with occurrence numbers.

    :param rows: FlowRows
    :param distributor: who sent the file
    :return: list of tuples (16 bytes, occurrence number from 1)
    """
    counts, found = {}, []
    for row in rows:
        text = row_identity(row, distributor)
        occurrence = counts[text] = counts.get(text, 0) + 1
        found.append((hashlib.blake2b(text.encode(), digest_size=16).digest(), occurrence))
    return found
