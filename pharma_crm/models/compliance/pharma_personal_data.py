from odoo import api, fields, models
from odoo.fields import Domain

# Kept by the system for its own work: nothing is said about a person there
SYSTEM_MODELS = frozenset((
    'calendar.filters', 'discuss.channel.member', 'discuss.channel.rtc.session',
    'impersonate.log', 'mail.followers', 'mail.message.reaction', 'mail.notification',
    'mail.push.device', 'pharma.profile.log', 'pharma.search.name', 'res.users.settings.volumes'))
# Of whom a record says who keeps, answers or made it, not whom it is about
KEEPERS = frozenset(('create_uid', 'write_uid'))
# Names of the field beside a number of a record that says of which model the record is
MODEL_FIELDS = ('res_model', 'model', 'model_name')


class PharmaPersonalData(models.AbstractModel):
    """Where the database keeps something about a person.

    How to use: :meth:`_get_linked` finds the records of all models that link him, and what belongs
    to these.

    How it works: by reflection. Links are stored many2one and many2many fields to contacts;
    components hang on a linked record by a many2one that deletes them with it; messages, files and
    to-dos name it by model and number. A model that another addon brings is found without a word
    here.
    """

    _name = 'pharma.personal.data'
    _description = "Personal Data of a Person"

    # === REFLECTION === #

    @api.model
    def _get_tables(self):
        """Models with a table of their own.

        :rtype: list(str)
        """
        return sorted(
            name for name, model in self.env.registry.items()
            if model._auto and not model._abstract and not model._transient)

    @api.model
    def _get_link_fields(self):
        """Fields that link contacts, by model.

        :rtype: dict(str, list(str))
        """
        found = {}
        for name in self._get_tables():
            links = [
                fname for fname, field in self.env[name]._fields.items()
                if field.store and field.type in ('many2one', 'many2many')
                and field.comodel_name == 'res.partner']
            if links and name not in SYSTEM_MODELS:
                found[name] = links
        return found

    @api.model
    def _get_component_fields(self):
        """Fields of models that belong to a record of another one, and are deleted with it.

        :return: ``{model: [(model of the component, field)]}``
        :rtype: dict
        """
        found = {}
        for name in self._get_tables():
            for fname, field in self.env[name]._fields.items():
                if (field.store and field.type == 'many2one' and field.ondelete == 'cascade'
                        and field.comodel_name not in ('res.partner', name)
                        and name not in SYSTEM_MODELS):
                    found.setdefault(field.comodel_name, []).append((name, fname))
        return found

    @api.model
    def _get_reference_fields(self):
        """Models that name records of any model: ``{model: (field of the model, of the number)}``.

        :rtype: dict
        """
        found = {}
        for name in self._get_tables():
            columns = self.env[name]._fields
            number = columns.get('res_id')
            if number is None or not number.store or name in SYSTEM_MODELS:
                continue
            beside = getattr(number, 'model_field', None)
            for fname in (beside, *MODEL_FIELDS):
                if fname in columns and columns[fname].store and columns[fname].type in (
                        'char', 'selection'):
                    found[name] = fname, 'res_id'
                    break
        return found

    # === RECORDS === #

    @api.model
    def _get_persons(self, partner):
        """A person with the records that were merged into his.

        :param partner: ``res.partner``
        :rtype: res.partner
        """
        persons = partner.with_context(active_test=False)
        if 'merged_into_id' in persons._fields:
            merged = persons
            while merged:
                merged = persons.search([('merged_into_id', 'in', merged.ids)]) - persons
                persons |= merged
        return persons

    @api.model
    def _get_linked(self, persons):
        """Records of all models about persons: that link them, that belong to these, and messages,
        files and to-dos on any of them.

        :param persons: ``res.partner``
        :return: ids by model, without the persons themselves
        :rtype: dict(str, set(int))
        """
        # sudo: a copy and an erasure are of everything, whoever may see it; the request for it
        # has asked for the right to them
        found = self._get_direct(persons)
        self._add_components(found)
        self._add_references(found | {'res.partner': {*persons.ids}}, found)
        self._add_components(found)
        found.get('res.partner', set()).difference_update(persons.ids)
        return {name: ids for name, ids in found.items() if ids}

    @api.model
    def _get_direct(self, persons):
        """Records that link persons.

        :rtype: dict(str, set(int))
        """
        found = {}
        for name, links in self._get_link_fields().items():
            domain = Domain.OR(Domain(link, 'in', persons.ids) for link in links)
            ids = self._find(name, domain)
            if ids:
                found[name] = ids
        return found

    @api.model
    def _find(self, name, domain):
        model = self.env[name].sudo().with_context(active_test=False)
        return set(model._search(domain).get_result_ids())

    @api.model
    def _add_components(self, found):
        """Add what belongs to records, and what belongs to that.

        :param dict found: ids by model, changed
        """
        components, waiting = self._get_component_fields(), dict(found)
        while waiting:
            news = {}
            for owner, ids in waiting.items():
                for name, fname in components.get(owner, ()) if owner != 'res.partner' else ():
                    more = self._find(name, Domain(fname, 'in', list(ids)))
                    more -= found.get(name, set())
                    if more:
                        found.setdefault(name, set()).update(more)
                        news.setdefault(name, set()).update(more)
            waiting = news

    @api.model
    def _add_references(self, owners, found):
        """Add messages, files and to-dos on records.

        :param dict owners: ids by model
        :param dict found: ids by model, changed
        """
        for name, (model_field, number_field) in self._get_reference_fields().items():
            domain = Domain.OR(
                Domain(model_field, '=', owner) & Domain(number_field, 'in', list(ids))
                for owner, ids in owners.items() if owner != name)
            if name == 'ir.attachment':
                # Also files that stand in fields
                domain &= Domain('res_field', '=', False) | Domain('res_field', '!=', False)
            more = self._find(name, domain)
            if more:
                found.setdefault(name, set()).update(more)

    # === WORDS === #

    @api.model
    def _get_title(self, name):
        """What people call a model."""
        return self.env['ir.model']._get(name).name or name

    @api.model
    def _is_plain(self, field):
        """Whether a field holds something to be read, not what the system keeps for itself."""
        return (
            (field.store or field.type == 'properties') and field.name not in models.MAGIC_COLUMNS
            and field.name not in KEEPERS and field.groups != fields.NO_ACCESS
            and field.export_string_translation is not False)
