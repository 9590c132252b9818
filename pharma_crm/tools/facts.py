"""The own fields of a customer type as Odoo's properties keep them; no Odoo in here."""


def merge_options(old, labels):
    """Choices of an own field after its labels were edited, without losing what was chosen.

    A label that stays keeps its key wherever it moves. When as many labels are there as before,
    the others were renamed in place; else they are new and are their own key.

    :param list old: [[key, label]] as kept so far
    :param list labels: what the user wrote, one label each
    :return: [[key, label]], without empty and double labels
    """
    labels = list(dict.fromkeys(filter(None, (label.strip() for label in labels))))
    keys = {label: key for key, label in old}
    kept = {keys[label] for label in labels if label in keys}
    options = []
    for position, label in enumerate(labels):
        if label in keys:
            key = keys[label]
        elif len(labels) == len(old) and old[position][0] not in kept:
            key = old[position][0]
        else:
            key = label
        taken = {option[0] for option in options} | kept - {keys.get(label)}
        while key in taken:
            key += '_'
        options.append([key, label])
    return options


def locked_changes(keys, old, new):
    """Own fields that were entered and would be changed, though they are read-only then.

    :param keys: names of the read-only own fields
    :param dict old: {name: value} so far
    :param dict new: {name: value} to be written; a name that is missing loses its value
    :return: the names among ``keys`` that change, in their order
    """
    return [key for key in keys if old.get(key) and old[key] != new.get(key)]
