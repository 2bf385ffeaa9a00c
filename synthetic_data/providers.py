"""A Faker provider of identifiers that belong to nobody, for a supplier's own tests.

``fake.add_provider(SafeProvider)``, then ``fake.safe_nino()``. Faker's own British numbers are not
all safe: some are outside the ranges kept for drama, and its domains belong to real companies.
"""

from __future__ import annotations

from faker.providers import BaseProvider

from synthetic_data.identifiers import Mode, choices, nhs_check_digit, ranges_of


class SafeProvider(BaseProvider):
    """Safe identifiers, each in the mode ``unallocatable`` (the default) or ``format_valid``.

    Every method gives text, follows Faker's seed, and raises ValueError for another mode. The
    ranges and who keeps them free are in ``synthetic_data.identifiers.RANGES``.
    """

    def safe_uprn(self, mode: Mode = "unallocatable") -> str:
        """A property's reference of 12 digits, such as 999912345678."""
        return self._drawn("uprn", mode)

    def safe_usrn(self, mode: Mode = "unallocatable") -> str:
        """A street's reference of 8 digits, such as 99912345."""
        return self._drawn("usrn", mode)

    def safe_ward_code(self, mode: Mode = "unallocatable") -> str:
        """A ward's GSS code, such as E05999123."""
        return self._drawn("ward_code", mode)

    def safe_postcode(self, mode: Mode = "unallocatable") -> str:
        """A postcode such as ZZ93 1AB. It has the right shape, and an area that no list has."""
        return self._drawn("postcode", mode)

    def safe_mobile(self, mode: Mode = "unallocatable") -> str:
        """A mobile number such as 07700 900123, none that GOV.UK Notify treats as a command.

        Both modes draw from the one range there is. libphonenumber finds it possible, never valid.
        """
        return self._drawn("mobile", mode)

    def safe_landline(self, mode: Mode = "unallocatable") -> str:
        """A landline such as 01632 960123; format-valid, one that libphonenumber finds valid."""
        return self._drawn("landline", mode)

    def safe_non_geographic(self, mode: Mode = "unallocatable") -> str:
        """An 03, 08 or 09 number such as 03069 990123; libphonenumber finds it valid in both modes."""
        return self._drawn("non_geographic", mode)

    def safe_domain(self, mode: Mode = "unallocatable") -> str:
        """One of example.com, example.org and example.net."""
        return self._drawn("host", mode)

    def safe_email(self, mode: Mode = "unallocatable") -> str:
        """An e-mail address such as resident.4711@example.org."""
        return f"resident.{self.numerify('####')}@{self.safe_domain(mode)}"

    def safe_url(self, mode: Mode = "unallocatable") -> str:
        """An https address at a reserved domain, such as https://example.net/4711."""
        return f"https://{self.safe_domain(mode)}/{self.numerify('####')}"

    def safe_nino(self, mode: Mode = "unallocatable") -> str:
        """A National Insurance number such as QQ123456C; format-valid, one that HMRC's rule accepts."""
        return self._drawn("nino", mode)

    def safe_nhs_number(self, mode: Mode = "unallocatable") -> str:
        """An NHS number of the range for tests, with the right check digit, such as 9990000018."""
        while True:
            nine = self._drawn("nhs_number", mode)[:9]
            check = nhs_check_digit(nine)
            if check < 10:
                return f"{nine}{check}"

    def safe_card_number(self, mode: Mode = "unallocatable") -> str:
        """One of GOV.UK Pay's mock card numbers; which of them are declined is in its documentation."""
        return self._drawn("card", mode)

    def _drawn(self, kind: str, mode: Mode) -> str:
        """One of a kind's range, each range of the mode being as likely as another."""
        chosen = self.random_element(ranges_of(kind, mode))
        while True:
            written = "".join(self.random_element(signs) for signs in choices(chosen.template))
            if written not in chosen.without:
                return written
