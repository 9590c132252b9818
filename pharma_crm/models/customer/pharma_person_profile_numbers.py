import configparser
import functools
import logging
import os

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import NO_ACCESS, Domain
from odoo.tools import SQL, config

from ...tools import crypto
from ...tools.masks import STARS, is_masked, mask, normalise_number

_logger = logging.getLogger(__name__)

KEY_SECTION = 'pharma_crm'
KEY_OPTION = 'encryption_keys'
KEY_VARIABLE = 'PHARMA_CRM_ENCRYPTION_KEYS'
# field -> kind of number
NUMBERS = {
    'private_phone': 'phone',
    'identity_number': 'identity',
    'bank_account': 'bank',
}
# Equal ones of two persons mean that the two are one, or that one of the numbers is wrong.
UNIQUE_NUMBERS = ('private_phone', 'identity_number')
ROTATION_BATCH = 1000


@functools.cache
def _keys_of_file(path):
    """The option of a configuration file; read once, as Odoo reads its own."""
    parser = configparser.RawConfigParser()
    parser.read(path or (), encoding='utf-8')
    return parser.get(KEY_SECTION, KEY_OPTION, fallback='')


def configured_keys():
    """Text of the keys: of the environment or, without it, of odoo.conf.

    A section of its own, since Odoo warns of options that it does not know.
    """
    return os.environ.get(KEY_VARIABLE) or _keys_of_file(config['config'])


class PharmaPersonProfile(models.Model):
    """The numbers of a profile that are encrypted in their column.

    The fields that everybody uses (``private_phone``, …) show a masked number and take a new one;
    ``…_token`` holds the encrypted one, ``…_digest`` its keyed hash for searching.
    """

    _inherit = 'pharma.person.profile'

    private_phone = fields.Char(
        compute='_compute_numbers', inverse='_inverse_private_phone',
        search='_search_private_phone', copy=False)
    identity_number = fields.Char(
        compute='_compute_numbers', inverse='_inverse_identity_number',
        search='_search_identity_number', copy=False)
    bank_account = fields.Char(
        compute='_compute_numbers', inverse='_inverse_bank_account',
        search='_search_bank_account', copy=False)

    private_phone_token = fields.Char(
        copy=False, export_string_translation=False, groups=NO_ACCESS)
    private_phone_digest = fields.Char(
        copy=False, index='btree_not_null', export_string_translation=False, groups=NO_ACCESS)
    identity_number_token = fields.Char(
        copy=False, export_string_translation=False, groups=NO_ACCESS)
    identity_number_digest = fields.Char(
        copy=False, index='btree_not_null', export_string_translation=False, groups=NO_ACCESS)
    bank_account_token = fields.Char(
        copy=False, export_string_translation=False, groups=NO_ACCESS)
    bank_account_digest = fields.Char(
        copy=False, index='btree_not_null', export_string_translation=False, groups=NO_ACCESS)

    key_problem = fields.Char(compute='_compute_key_problem', export_string_translation=False)
    duplicate_ids = fields.Many2many(
        'res.partner', string="Same Number As", compute='_compute_duplicate_ids')
    has_duplicate = fields.Boolean(
        string="Possible Duplicate", compute='_compute_duplicate_ids',
        search='_search_has_duplicate')

    # === KEYS === #

    @api.model
    def _keyring(self):
        """The configured keys.

        :raise UserError: when there are none, or when one of them is no key
        """
        try:
            return crypto.keyring(configured_keys())
        except crypto.CryptoError as error:
            raise UserError(self._key_message(error))

    @api.model
    def _key_message(self, error):
        """What an administrator has to do about a :class:`~..tools.crypto.CryptoError`."""
        place = {'option': KEY_OPTION, 'section': f'[{KEY_SECTION}]', 'variable': KEY_VARIABLE}
        if isinstance(error, crypto.KeyMissing):
            return self.env._(
                "Private numbers cannot be kept yet: no key is configured. An administrator sets "
                "%(option)s in the section %(section)s of odoo.conf, or the environment variable "
                "%(variable)s, and restarts Odoo.", **place)
        if isinstance(error, crypto.KeyInvalid):
            return self.env._(
                "Private numbers cannot be kept: key %(position)s of %(option)s (section "
                "%(section)s of odoo.conf, or the environment variable %(variable)s) is not the "
                "base64 text of 32 bytes.", position=error.position, **place)
        if isinstance(error, crypto.KeyUnknown):
            return self.env._(
                "A number was encrypted with a key that is not configured. Add the old key to "
                "%(option)s (section %(section)s of odoo.conf, or the environment variable "
                "%(variable)s) and restart Odoo.", **place)
        return self.env._(
            "An encrypted number was changed in the database and cannot be read. Enter it anew.")

    @api.model
    def _key_problem(self):
        """What is wrong with the configured keys, as a text, or False."""
        try:
            crypto.keyring(configured_keys())
        except crypto.CryptoError as error:
            return self._key_message(error)
        return False

    def _number(self, fname):
        """The real number: for this class alone, which shows it to nobody without a row in the log.

        :raise CryptoError: when it cannot be decrypted
        """
        # sudo: nobody may read the column
        token = self.sudo()[f'{fname}_token']
        return crypto.keyring(configured_keys()).decrypt(token, fname) if token else ''

    # === COMPUTE === #

    @api.depends(*(f'{fname}_token' for fname in NUMBERS))
    def _compute_numbers(self):
        for profile in self:
            for fname in NUMBERS:
                profile[fname] = profile._masked(fname)

    def _masked(self, fname):
        try:
            return mask(self._number(fname), NUMBERS[fname])
        except crypto.CryptoError:
            return STARS  # there is one; key_problem tells why it cannot be read

    @api.depends(*(f'{fname}_token' for fname in NUMBERS))
    def _compute_key_problem(self):
        general = self._key_problem()
        for profile in self:
            profile.key_problem = general
            for fname in () if general else NUMBERS:
                try:
                    profile._number(fname)
                except crypto.CryptoError as error:
                    profile.key_problem = self._key_message(error)

    def _inverse_private_phone(self):
        self._set_number('private_phone')

    def _inverse_identity_number(self):
        self._set_number('identity_number')

    def _inverse_bank_account(self):
        self._set_number('bank_account')

    def _set_number(self, fname):
        """Encrypt the number just written; an unchanged masked one, as of an export, is no news."""
        for profile in self:
            number = (profile[fname] or '').strip()
            if is_masked(number):
                if number == profile._masked(fname):
                    continue
                raise UserError(self.env._(
                    "%(field)s: enter the full number, or leave the field as it is.",
                    field=self._fields[fname]._description_string(self.env)))
            vals = {f'{fname}_token': False, f'{fname}_digest': False}
            if number:
                keyring = self._keyring()
                vals = {
                    f'{fname}_token': keyring.encrypt(number, fname),
                    f'{fname}_digest': self._digest(keyring, fname, number),
                }
            # sudo: nobody may write the columns; write() and create() have checked the rights
            profile.sudo().write(vals)

    @api.model
    def _digest(self, keyring, fname, number):
        number = normalise_number(number, NUMBERS[fname])
        return keyring.digest(number, fname) if number else False

    @api.depends(*(f'{fname}_digest' for fname in UNIQUE_NUMBERS))
    def _compute_duplicate_ids(self):
        digests = {profile: profile._digests() for profile in self}
        wanted = set().union(*digests.values())
        # As the user: of persons that he may not see he learns nothing
        others = self.search(self._domain_digests(UNIQUE_NUMBERS, wanted)) if wanted else self
        for profile in self:
            same = (others - profile._origin).filtered(
                lambda other, own=digests[profile]: not own.isdisjoint(other._stored_digests()))
            profile.duplicate_ids = same.partner_id
            profile.has_duplicate = bool(same)

    def _digests(self):
        """Keyed hashes by all keys of the numbers that only one person has."""
        digests = set()
        for fname in UNIQUE_NUMBERS:
            try:
                number = normalise_number(self._number(fname), NUMBERS[fname])
            except crypto.CryptoError:
                continue  # told by key_problem
            if number:
                digests.update(crypto.keyring(configured_keys()).digests(number, fname))
        return digests

    def _stored_digests(self):
        return {self.sudo()[f'{fname}_digest'] for fname in UNIQUE_NUMBERS} - {False}

    # === SEARCH === #

    @api.model
    def _domain_digests(self, fnames, digests):
        """Condition that one of the numbers has one of the keyed hashes."""
        # The columns are closed to everybody, so the condition goes past the check of fields
        return Domain.OR(
            Domain.custom(to_sql=lambda model, alias, query, column=f'{fname}_digest': SQL(
                "%s = ANY(%s)", self._column(alias, column), list(digests)))
            for fname in fnames)

    @api.model
    def _column(self, alias, column):
        return SQL.identifier(alias, column, to_flush=self._fields[column])

    def _search_private_phone(self, operator, value):
        return self._search_number('private_phone', operator, value)

    def _search_identity_number(self, operator, value):
        return self._search_number('identity_number', operator, value)

    def _search_bank_account(self, operator, value):
        return self._search_number('bank_account', operator, value)

    @api.model
    def _search_number(self, fname, operator, value):
        """Profiles with a full number, or without any; parts of numbers find nothing."""
        if operator not in ('in', 'like', 'ilike', '=like', '=ilike'):
            return NotImplemented
        texts = value if operator == 'in' else [value]
        numbers = {normalise_number(text, NUMBERS[fname]) for text in texts if text} - {''}
        domain = Domain.FALSE
        if operator == 'in' and False in texts:
            domain = Domain.custom(to_sql=lambda model, alias, query: SQL(
                "%s IS NULL", self._column(alias, f'{fname}_token')))
        if numbers:
            keyring = self._keyring()
            found = self._domain_digests([fname], {
                digest for number in numbers for digest in keyring.digests(number, fname)})
            # Four hidden digits are soon guessed: who finds a number has seen it
            self.search(found)._log('searched', fname)
            domain |= found
        return domain

    def _search_has_duplicate(self, operator, value):
        if operator != 'in':
            return NotImplemented
        visible = self._search([])
        queries = (
            SQL("""SELECT unnest(array_agg(id)) FROM pharma_person_profile
                    WHERE %(column)s IS NOT NULL AND id IN %(visible)s
                    GROUP BY %(column)s HAVING count(*) > 1""",
                column=SQL.identifier(f'{fname}_digest'), visible=visible.subselect())
            for fname in UNIQUE_NUMBERS)
        query = SQL(" UNION ").join(queries)
        self.flush_model([f'{fname}_digest' for fname in UNIQUE_NUMBERS])
        return Domain.custom(to_sql=lambda model, alias, _query: SQL(
            "%s IN (%s)", SQL.identifier(alias, 'id'), query))

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        profiles = super().create(vals_list)
        profiles._forget_numbers()
        return profiles

    def write(self, vals):
        result = super().write(vals)
        if not NUMBERS.keys().isdisjoint(vals):
            self._forget_numbers()
        return result

    def _forget_numbers(self):
        """The numbers just written stand in the cache in plain: what is read next is masked."""
        self.invalidate_recordset([*NUMBERS, 'key_problem', 'duplicate_ids', 'has_duplicate'])

    # === ACTIONS === #

    def show_number(self, field_name):
        """Tell the real number, and write in the log who asked for it.

        :param str field_name: ``private_phone``, ``identity_number`` or ``bank_account``
        :return: the number as it was entered, empty when there is none
        :rtype: str
        :raise UserError: when it cannot be decrypted, or ``field_name`` is none of these
        """
        self.ensure_one()
        self.check_access('read')
        if field_name not in NUMBERS:
            raise UserError(self.env._("There is no number \"%s\" in a profile.", field_name))
        try:
            number = self._number(field_name)
        except crypto.CryptoError as error:
            raise UserError(self._key_message(error))
        if number:
            self._log('shown', field_name)
        return number

    # === ROTATION === #

    @api.model
    def action_reencrypt(self):
        """Encrypt all numbers with the first key, in the background.

        :raise AccessError: for whoever is no administrator
        """
        if not self.env.is_system():
            raise AccessError(self.env._("Only an administrator may encrypt the numbers anew."))
        self._keyring()
        self.with_delay(
            description=self.env._("Encrypt private numbers anew"),
            identity_key=f'{self._name}-reencrypt-0',
        )._job_reencrypt(0)

    @api.model
    def _job_reencrypt(self, after_id):
        """Job: one batch, and a job for the next one. Run again after a crash it does what is left.

        :param int after_id: profiles up to this id are done
        :return: what was done, for the job's page
        """
        last_id, done, failed = self._reencrypt_batch(after_id)
        if last_id:
            self.with_delay(
                description=self.env._("Encrypt private numbers anew"),
                identity_key=f'{self._name}-reencrypt-{last_id}',
            )._job_reencrypt(last_id)
        return f'{done} numbers encrypted anew, {failed} not readable, up to profile {last_id}'

    @api.model
    def _reencrypt_all(self):
        """Encrypt all numbers with the first key at once, for instance from a shell.

        :return: how many numbers were encrypted anew, and how many could not be read
        :rtype: tuple[int, int]
        """
        last_id = total = total_failed = 0
        while last_id is not None:
            last_id, done, failed = self._reencrypt_batch(last_id)
            total += done
            total_failed += failed
        return total, total_failed

    @api.model
    def _reencrypt_batch(self, after_id, limit=ROTATION_BATCH):
        """Encrypt the numbers of the next profiles that wait for it with the first key.

        :param int after_id: profiles up to this id are done
        :return: id of the last profile (None: no more wait), numbers done, numbers not readable
        :rtype: tuple
        """
        keyring = self._keyring()
        self.flush_model()
        stale = SQL(" OR ").join(
            SQL("NOT starts_with(%s, %s)", SQL.identifier(f'{fname}_token'), keyring.prefix)
            for fname in NUMBERS)
        rows = self.env.execute_query_dict(SQL(
            "SELECT id, %s FROM pharma_person_profile WHERE id > %s AND (%s)"
            " ORDER BY id LIMIT %s FOR UPDATE",
            SQL(", ").join(SQL.identifier(f'{fname}_token') for fname in NUMBERS),
            after_id, stale, limit))
        done = failed = 0
        for fname in NUMBERS:
            fresh = []
            for row in rows:
                token = row[f'{fname}_token']
                if not token or keyring.is_current(token):
                    continue
                try:
                    number = keyring.decrypt(token, fname)
                except crypto.CryptoError as error:
                    _logger.warning("Private profile %s, %s: %s", row['id'], fname, error)
                    failed += 1
                    continue
                fresh.append((row['id'], keyring.encrypt(number, fname),
                              self._digest(keyring, fname, number) or None))
            self._update_tokens(fname, fresh)
            done += len(fresh)
        self.invalidate_model()
        return rows[-1]['id'] if rows else None, done, failed

    @api.model
    def _update_tokens(self, fname, rows):
        """Write ``(id, token, digest)`` in one statement."""
        if rows:
            self.env.cr.execute(SQL(
                """ UPDATE pharma_person_profile p SET %s = new.token, %s = new.digest
                      FROM unnest(%s::int[], %s::text[], %s::text[]) AS new(id, token, digest)
                     WHERE p.id = new.id """,
                SQL.identifier(f'{fname}_token'), SQL.identifier(f'{fname}_digest'),
                *map(list, zip(*rows, strict=True))))
