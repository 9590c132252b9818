from dataclasses import dataclass

from odoo import fields, models
from odoo.tools import SQL

from .pharma_handover import DRAFT

MOVE, EXCLUDED, REFUSED = 'move', 'excluded', 'refused'


@dataclass(slots=True)
class Item:
    """What is to happen to one record."""

    key: str            # of its kind
    record: int         # id
    user: int           # id of the successor
    name: str = ''      # empty: hidden from whoever hands over
    result: str = MOVE
    refusal: str = ''

    def refuse(self, refusal):
        """It stays, for a reason; the first one holds."""
        if self.result == MOVE:
            self.result, self.refusal = REFUSED, refusal

    def promise(self):
        """What a preview promises; whether the successor sees it is found out when it is tried."""
        blind = self.refusal == 'successor_blind'
        return (self.key, self.record, self.user, MOVE if blind else self.result,
                '' if blind else self.refusal)


class PharmaHandover(models.Model):
    """What a handover will do, made from what stands in the database now."""

    _inherit = 'pharma.handover'

    # === PLAN === #

    def _make_plan(self, tried=False):
        """Decide what happens to everything that the person owns.

        :param bool tried: whether to find out what the successors would see
        :rtype: list[Item]
        """
        self.ensure_one()
        self.env.flush_all()    # what was just written counts, also in links to many users
        here = self.with_context(allowed_company_ids=self.company_id.ids)
        plan = here._plan_kinds()
        if tried:
            here._try_out(plan)
        return plan

    def _plan_kinds(self):
        """All kinds, one after the other: some go by what those before do.

        :rtype: list[Item]
        """
        choices = self._read_choices()
        plan = []
        for kind in self._get_moving_kinds():
            items = self._plan_kind(kind, choices, plan)
            refuse = getattr(self, f'_refuse_{kind.key}', None)
            if refuse:
                refuse([item for item in items if item.result == MOVE], plan)
            plan += items
        return plan

    def _read_choices(self):
        """What the author chose.

        :return: keys, or (key, record id), that are left out; the same -> id of another successor
        :rtype: tuple(set, dict)
        """
        self.env['pharma.handover.line'].flush_model()
        excluded = set(self.kind_ids.filtered('is_excluded').mapped('key'))
        others = {kind.key: kind.other_user_id.id for kind in self.kind_ids
                  if kind.other_user_id}
        for key, record, is_excluded, user in self.env.execute_query(SQL(
                """ SELECT key, res_id, is_excluded, other_user_id FROM pharma_handover_line
                     WHERE handover_id = %s AND (is_excluded OR other_user_id IS NOT NULL) """,
                self.id)):
            if is_excluded:
                excluded.add((key, record))
            if user:
                others[key, record] = user
        return excluded, others

    def _plan_kind(self, kind, choices, plan):
        """The things of one kind, with what the author chose and may do.

        :param plan: the items of the kinds before
        :rtype: list[Item]
        """
        excluded, others = choices
        records = self._find_moving(kind, plan)
        allowed = self._filter_allowed(kind, records)
        names = self._get_names(kind, records.browse(id_ for id_ in records.ids if id_ in allowed))
        items = []
        for record_id in records.ids:
            user = others.get((kind.key, record_id)) or others.get(kind.key) or self.to_user_id.id
            item = Item(kind.key, record_id, user, names.get(record_id) or '')
            if record_id not in allowed:
                item.refuse('not_yours')
            elif kind.key in excluded or (kind.key, record_id) in excluded:
                item.result = EXCLUDED
            items.append(item)
        return items

    def _find_moving(self, kind, plan):
        """The records of a kind that this handover is about, whoever may see them.

        :param plan: the items of the kinds before
        """
        # sudo: all of them must be handed over; what the author may not see is named to nobody
        records = self.env[kind.model].sudo().search(self._get_moving_domain(kind), order='id')
        if kind.how == 'follower':
            return self._find_followers(records, plan)
        return records

    def _find_followers(self, followers, plan):
        """Those on what moves, and on the customers of the territories that move."""
        models_by_key = {kind.key: kind.model for kind in self._get_kinds()}
        moving = {(models_by_key[item.key], item.record) for item in plan if item.result == MOVE}
        territories = self.env['pharma.territory.assignment'].sudo().browse(
            item.record for item in plan
            if item.key == 'assignment' and item.result == MOVE).territory_id
        partners = followers.filtered(lambda row: row.res_model == 'res.partner').mapped('res_id')
        customers = set(self.env['res.partner'].sudo().with_context(active_test=False).search([
            ('id', 'in', partners),
            ('commercial_partner_id.alignment_ids', 'any', [
                ('territory_id', 'in', territories.ids), ('state', '!=', 'past')])]).ids)
        return followers.filtered(lambda row: (row.res_model, row.res_id) in moving or (
            row.res_model == 'res.partner' and row.res_id in customers))

    def _filter_allowed(self, kind, records):
        """Which of the records the author may hand over.

        :return: ids
        :rtype: set(int)
        """
        access = self.env['pharma.access']
        if self.user_id == self.env.user or kind.rights == 'person':
            return set(records.ids)
        if kind.rights == 'director':
            return set(records.ids) if access._sees_all_people() else set()
        allowed = self._filter_readable(kind, records, self.env.user)
        if kind.key == 'activity':
            # Without a document nobody but the person reads one, and somebody has to get it
            allowed |= set(records.filtered(lambda activity: not activity.res_model).ids)
        return allowed

    def _filter_readable(self, kind, records, user):
        """Which of the records a user may read.

        :return: ids
        :rtype: set(int)
        """
        model = self.env[kind.model].with_user(user).with_context(
            active_test=False, allowed_company_ids=self.company_id.ids)
        if not records or not model.has_access('read'):
            return set()
        return set(model._search([('id', 'in', records.ids)]))

    # === NAMES === #

    def _get_names(self, kind, records):
        """What the lines call the records.

        :return: id -> name
        :rtype: dict(int, str)
        """
        named = getattr(self, f'_name_{kind.key}', None)
        if named:
            return named(records)
        return {record.id: record.display_name for record in records}

    def _name_activity(self, activities):
        # What somebody noted for himself is his
        return {activity.id: ": ".join(filter(None, (
            activity.res_model and activity.summary or activity.activity_type_id.name,
            activity.res_name))) for activity in activities}

    def _name_follower(self, followers):
        names = {}
        for model, rows in followers.grouped('res_model').items():
            if model not in self.env:
                continue  # its addon was uninstalled
            records = self.env[model].sudo().browse(rows.mapped('res_id')).exists()
            known = {record.id: record.display_name for record in records}
            names.update((row.id, known.get(row.res_id)) for row in rows)
        return names

    def _name_review(self, reviews):
        return {review.id: review.name or review.definition_id.name for review in reviews}

    def _name_member(self, members):
        return {member.id: member.crm_team_id.name for member in members}

    def _name_scheduled(self, messages):
        return {message.id: message.subject or fields.Datetime.to_string(message.scheduled_date)
                for message in messages}

    def _name_support_asked(self, requests):
        return {request.id: request.name for request in requests}

    # === TRY === #

    def _try_out(self, plan):
        """Do it and take it back, to find out what the successors would see."""
        with self.env.cr.savepoint() as savepoint:
            day = self.env['pharma.access'].with_company(self.company_id)._get_today()
            if self.duration == 'temporary':
                self._make_delegation(day)
            self._move([item for item in plan if item.result == MOVE], day)
            blind = self._find_blind(plan)
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        for item in blind:
            item.refuse('successor_blind')
        # What goes by what stays
        for kind in self._get_moving_kinds():
            if kind.key in ('trip', 'follower'):
                self._drop_dependents(kind, plan)

    def _drop_dependents(self, kind, plan):
        """Trips whose calls stay, and followers of what stays, stay as well."""
        items = [item for item in plan if item.key == kind.key and item.result == MOVE]
        if kind.key == 'trip':
            self._refuse_trip(items, plan)
            return
        going = set(self._find_followers(
            self.env[kind.model].sudo().browse(item.record for item in items), plan).ids)
        for item in items:
            if item.record not in going:
                item.refuse('part_stays')

    def _find_blind(self, plan):
        """What the successors do not see now that they have it.

        :rtype: list[Item]
        """
        self.env['pharma.access']._forget()
        blind = []
        for kind in self._get_moving_kinds():
            items = [item for item in plan if item.key == kind.key and item.result == MOVE]
            if not kind.seen:
                continue
            for user in {item.user for item in items}:
                given = [item for item in items if item.user == user]
                records = self.env[kind.model].browse(item.record for item in given)
                seen = self._filter_readable(kind, records, self.env['res.users'].browse(user))
                blind += [item for item in given if item.record not in seen]
        return blind

    # === PREVIEW === #

    def _store_plan(self, plan):
        """Keep a plan as the lines of this handover, with what its author chose."""
        excluded, others = self._read_choices()
        models_by_key = {kind.key: kind.model for kind in self._get_kinds()}
        # sudo: lines and state are written by these methods alone
        handover = self.sudo()
        self._drop_lines()
        self._insert_lines([{
            'handover_id': self.id, 'key': item.key, 'res_model': models_by_key[item.key],
            'res_id': item.record, 'name': item.name or None, 'to_user_id': item.user,
            'result': item.result, 'refusal': item.refusal or None,
            'is_excluded': (item.key, item.record) in excluded,
            'other_user_id': others.get((item.key, item.record)),
        } for item in plan])
        found = {item.key for item in plan}
        known = {kind.key: kind for kind in handover.kind_ids}
        self.env['pharma.handover.kind'].sudo().create([{
            'handover_id': self.id, 'key': kind.key, 'sequence': number,
        } for number, kind in enumerate(self._get_kinds())
            if kind.key in found and kind.key not in known])
        handover.kind_ids.filtered(
            lambda kind: kind.key not in found and not kind.is_excluded
            and not kind.other_user_id).unlink()
        handover.write({'state': DRAFT, 'previewed_on': fields.Datetime.now()})

    def _forget_preview(self):
        """The preview no longer holds; choices of kinds stay."""
        self._drop_lines()
        self._forget_moment()

    def _forget_moment(self):
        """Something was chosen since the preview: look again before it is done."""
        # sudo: written by these methods alone
        self.sudo().filtered('previewed_on').previewed_on = False

    def _read_plan(self):
        """The plan as it was kept.

        :rtype: list[Item]
        """
        self.env['pharma.handover.line'].flush_model()
        return [Item(key, record, user, name or '', result, refusal or '')
                for key, record, user, name, result, refusal in self.env.execute_query(SQL(
                    """ SELECT key, res_id, to_user_id, name, result, refusal
                          FROM pharma_handover_line WHERE handover_id = %s ORDER BY id """,
                    self.id))]
