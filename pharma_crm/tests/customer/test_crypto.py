import base64
import doctest
import re
import unittest

from odoo.tests import BaseCase, tagged

from ...tools import crypto, masks

try:
    from hypothesis import given, settings
    from hypothesis import strategies as st
except ImportError:  # a developer's tool, absent where an administrator runs the tests
    st = None

ONE, TWO = crypto.generate_key(), crypto.generate_key()


@tagged('post_install', '-at_install')
class TestCrypto(BaseCase):

    def test_examples_in_docstrings_hold(self):
        """The examples of the engines are true."""
        for module in (crypto, masks):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 3)
            self.assertEqual(result.failed, 0)

    def test_keys_of_configuration(self):
        """Keys stand in any usual form of base64; what is no key is refused without being told."""
        ring = crypto.keyring(f' {ONE},\n{TWO}')
        for spelling in (ONE.rstrip('='), ONE.replace('+', '-').replace('/', '_')):
            self.assertEqual(crypto.keyring(spelling).prefix, ring.prefix)
        for empty in ('', None, ' ,\n'):
            with self.assertRaises(crypto.KeyMissing):
                crypto.keyring(empty)
        for wrong in ('geheim', ONE[:-8], 'x' * 44, ONE + 'AAAA', '密钥' * 22):
            with self.assertRaises(crypto.KeyInvalid) as caught:
                crypto.keyring(f'{ONE} {wrong}')
            self.assertEqual(caught.exception.position, 2)
            self.assertNotIn(wrong, str(caught.exception))

    def test_token_holds_nothing_readable(self):
        """The same text gives another token each time, and stands in none of them."""
        ring = crypto.keyring(ONE)
        tokens = {ring.encrypt('13812341234', 'phone') for _turn in range(50)}
        self.assertEqual(len(tokens), 50)
        for token in tokens:
            self.assertNotIn('13812341234', token)
            self.assertNotIn(base64.b64encode(b'13812341234').decode()[:8], token)
            self.assertTrue(re.fullmatch(r'1:[0-9a-f]{12}:[A-Za-z0-9+/=]+', token))

    def test_wrong_key(self):
        """Another key reads nothing, and says which one is missing."""
        token = crypto.keyring(ONE).encrypt('x', 'phone')
        with self.assertRaises(crypto.KeyUnknown) as caught:
            crypto.keyring(TWO).decrypt(token, 'phone')
        self.assertIn(token.split(':')[1], str(caught.exception))
        # under the name of a key that is known
        forged = crypto.keyring(TWO).prefix + token.split(':')[2]
        with self.assertRaises(crypto.Tampered):
            crypto.keyring(TWO).decrypt(forged, 'phone')

    def test_rotation(self):
        """The first key encrypts, all of them decrypt; digests of old keys are still found."""
        old, new = crypto.keyring(ONE), crypto.keyring(f'{TWO} {ONE}')
        token = old.encrypt('x', 'phone')
        self.assertEqual(new.decrypt(token, 'phone'), 'x')
        self.assertFalse(new.is_current(token))
        fresh = new.encrypt(new.decrypt(token, 'phone'), 'phone')
        self.assertTrue(new.is_current(fresh))
        self.assertEqual(crypto.keyring(TWO).decrypt(fresh, 'phone'), 'x')
        self.assertIn(old.digest('x', 'phone'), new.digests('x', 'phone'))
        self.assertNotEqual(old.digest('x', 'phone'), new.digest('x', 'phone'))

    def test_not_a_token(self):
        """Anything that was never encrypted is told as such."""
        ring = crypto.keyring(ONE)
        for text in ('', '13812341234', '1:', ring.prefix, ring.prefix + '====', ring.prefix + 'AA',
                     ring.prefix + 'é', '2' + ring.encrypt('x', 'phone')[1:]):
            with self.assertRaises(crypto.Tampered, msg=text):
                ring.decrypt(text, 'phone')

    def test_masks_hide_enough(self):
        """Of short numbers nothing is shown, of long ones neither the middle nor the length."""
        for text, kind, shown in [
            ('13812341234', 'phone', '138****1234'),
            ('+86 138 1234 1234', 'phone', '138****1234'),
            ('1234567890', 'phone', '****'),
            ('11010519491231002X', 'identity', '110****002X'),
            ('6222000011112222', 'bank', '****2222'),
            ('1234567', 'bank', '****'),
            ('微信号', 'phone', '****'),
            (None, 'bank', ''),
        ]:
            self.assertEqual(masks.mask(text, kind), shown)


@tagged('post_install', '-at_install')
@unittest.skipUnless(st, "hypothesis is not installed")
class TestCryptoProperties(BaseCase):

    def test_round_trip(self):
        """Every text comes back, and only under its own purpose."""
        ring = crypto.keyring(ONE)

        @settings(max_examples=200, deadline=None)
        @given(st.text(st.characters(exclude_categories=['Cs'])), st.sampled_from(['a', 'b']))
        def check(text, purpose):
            token = ring.encrypt(text, purpose)
            self.assertEqual(ring.decrypt(token, purpose), text)
            with self.assertRaises(crypto.Tampered):
                ring.decrypt(token, 'a' if purpose == 'b' else 'b')
            self.assertNotEqual(ring.digest(text, 'a'), ring.digest(text, 'b'))
            self.assertEqual(ring.digest(text, purpose), ring.digest(text, purpose))

        check()

    def test_tampering(self):
        """A token with one other character is never read as anything."""
        ring = crypto.keyring(ONE)
        alphabet = 'ABCabc019+/=:x'

        @settings(max_examples=300, deadline=None)
        @given(st.text('0123456789X', max_size=20), st.integers(0, 200), st.sampled_from(alphabet))
        def check(text, position, character):
            token = ring.encrypt(text, 'a')
            position %= len(token)
            changed = token[:position] + character + token[position + 1:]
            if changed != token:
                with self.assertRaises(crypto.CryptoError):
                    ring.decrypt(changed, 'a')
            with self.assertRaises(crypto.CryptoError):
                ring.decrypt(token[:position], 'a')

        check()

    def test_mask_never_tells_more(self):
        """At most seven characters of a number are shown, at least four are hidden."""

        @settings(max_examples=300, deadline=None)
        @given(st.text(max_size=30), st.sampled_from(list(masks.READABLE)))
        def check(text, kind):
            number = masks.normalise_number(text, kind)
            shown = masks.mask(text, kind).replace(masks.STARS, '')
            self.assertLessEqual(len(shown), 7)
            if number:
                self.assertTrue(masks.is_masked(masks.mask(text, kind)))
                self.assertGreaterEqual(len(number) - len(shown), min(4, len(number)))
            self.assertEqual(masks.normalise_number(number, kind), number)

        check()
