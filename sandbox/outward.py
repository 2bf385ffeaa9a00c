"""Calls outward: which addresses the sandbox calls of its own accord, and no others.

Webhooks and components are called at addresses that a client of the sandbox names, so that a client
could make it call what only this machine can reach. Only loopback is open; more is named with
``council up --allow`` or in ``COUNCIL_ALLOW``. Link-local addresses, where clouds keep their metadata,
stay closed whatever is named. A name is resolved once for each call, and the address that was checked is
the one that is called, so that a name which answers differently the second time gains nothing.
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from sandbox.failure import Failure
from sandbox.wire import Wire
from service_apis.kit.problems import Unprocessable

if TYPE_CHECKING:
    import httpx

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_URL = 2_000
RESOLVING_SECONDS = 5.0
NEVER = tuple(
    ip_network(each)
    for each in (
        "0.0.0.0/8",  # "this network", RFC 1122: Linux takes 0.0.0.0 for loopback
        "169.254.0.0/16",  # link-local, RFC 3927, and the metadata of most clouds
        "100.100.100.200/32",  # the metadata of Alibaba Cloud
        "192.0.0.192/32",  # the metadata of Oracle Cloud
        "224.0.0.0/4",  # multicast, RFC 5771
        "255.255.255.255/32",  # broadcast, RFC 919
        "::/128",  # unspecified, RFC 4291
        "fe80::/10",  # link-local, RFC 4291
        "fd00:ec2::254/128",  # the metadata of AWS over IPv6
        "ff00::/8",  # multicast, RFC 4291
    )
)
"""What is never called, even when it is allowed by name."""

_TRANSLATED = ip_network("64:ff9b::/96")  # an IPv4 address behind NAT64, RFC 6052
_HOST = re.compile(r"^[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?$")


class AddressNotAllowed(Unprocessable):
    """The sandbox does not call that address: it calls loopback alone, and what it was started to allow.

    Start it with ``council up --allow HOST``, or name the host in ``COUNCIL_ALLOW``. Link-local
    addresses, where clouds keep their metadata, are never called.
    """


class HostNotKnown(Unprocessable):
    """The host in the address cannot be found. Check its spelling, and that this machine can look it up."""


class NotAnAddress(Unprocessable):
    """What was given is no address that can be called: it takes http or https, a host, and no password."""


class CannotAllow(Failure):
    """What was given with ``--allow`` names no host."""


@dataclass(frozen=True, slots=True)
class Destination:
    """An address that was checked: the URL as it was written, and the IP addresses that it stands for.

    ``authority`` is host and port as they were written; ``base`` the path, without a slash at its end.
    """

    url: str
    scheme: str
    host: str
    authority: str
    port: int
    base: str
    addresses: tuple[Address, ...]

    @property
    def is_literal(self) -> bool:
        """Whether it names an IP address, which stands for nothing else the next time."""
        return self.addresses == (_literal(self.host),)

    def url_of(self, address: Address) -> str:
        """The URL with one of the IP addresses in place of the host."""
        parts = urlsplit(self.url)
        place = f"[{address}]" if address.version == 6 else str(address)
        port = f":{parts.port}" if parts.port is not None else ""
        return parts._replace(netloc=f"{place}{port}").geturl()


class Outward:
    """The way outward of one sandbox.

    Webhooks are sent with ``sending``; components are called over ``wire``, which costs less a call.
    ``allowed`` names what may be called besides loopback: hosts (``receiver.example``), addresses, or
    networks (``10.1.0.0/16``). Raises CannotAllow.
    """

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        self._hosts: set[str] = set()
        self._networks: list[Network] = []
        for text in allowed:
            self._allow(text.strip().lower())
        self.wire = Wire()
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def _allow(self, text: str) -> None:
        try:
            self._networks.append(ip_network(text.strip("[]")))
        except ValueError:
            if not _HOST.match(text) or not text.strip("0123456789./"):
                raise CannotAllow(
                    f"--allow takes a host, an address or a network, such as receiver.test, 10.0.0.7 or "
                    f"10.0.0.0/24; not {text!r}"
                ) from None
            self._hosts.add(text.rstrip("."))

    async def destination(self, url: str) -> Destination:
        """The address, resolved and checked. Raises NotAnAddress, HostNotKnown or AddressNotAllowed."""
        parts = _parts(url)
        assert parts.hostname is not None
        host = parts.hostname.lower().rstrip(".")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = await _resolved(host, port)
        for address in addresses:
            self._check(host, address)
        return Destination(url, parts.scheme, host, parts.netloc, port, parts.path.rstrip("/"), addresses)

    def _check(self, host: str, address: Address) -> None:
        meant = _meant(address)
        named = host if host == str(address) else f"{host} ({address})"
        if any(meant in network for network in NEVER):
            raise AddressNotAllowed(
                f"The sandbox never calls {named}: a link-local, metadata or other special address. Give an "
                "address of your own."
            )
        if meant.is_loopback or host in self._hosts or any(meant in network for network in self._networks):
            return
        raise AddressNotAllowed(
            f"The sandbox calls loopback addresses alone, and {named} is none. Start it with "
            f"`council up --allow {host}`, or name {host} in COUNCIL_ALLOW."
        )

    @asynccontextmanager
    async def sending(
        self, method: str, destination: Destination, body: bytes, headers: dict[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """The answer to a call, its body still to be read. Redirects are answers like any other.

        Raises httpx.HTTPError where there is none.
        """
        import httpx

        client = await self.prepared()
        headers = {**headers, "host": destination.authority}
        if destination.url.startswith("https:"):
            # A kept connection is found again by its IP address alone; another host's could stand behind it.
            headers["connection"] = "close"
        *others, last = destination.addresses
        for address in (*others, last):
            request = client.build_request(
                method,
                destination.url_of(address),
                content=body,
                headers=headers,
                extensions={"sni_hostname": destination.host},
            )
            try:
                answer = await client.send(request, stream=True)
            except httpx.ConnectError:
                if address == last:
                    raise
                continue
            try:
                yield answer
            finally:
                await answer.aclose()
            return

    async def prepared(self) -> httpx.AsyncClient:
        """The client that calls are made with. The first time it is loaded aside: that takes a while."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            client = await asyncio.to_thread(_new_client)
            # A client belongs to the event loop that it was first used on.
            if self._client is None or self._loop is not loop:
                self._loop, self._client = loop, client
        return self._client

    async def close(self) -> None:
        """Close the connections that are kept open."""
        await self.wire.close()
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.aclose()


def _new_client() -> httpx.AsyncClient:
    import httpx

    own = {"user-agent": "virtual-council"}
    return httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=None, headers=own)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAnAddress(f"{url[:200]!r} is not an address: {error}") from error
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise NotAnAddress(
            f"An address is plain printable ASCII without spaces, of at most {LONGEST_URL:,} characters"
        )
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise NotAnAddress(f"{url[:200]!r} is not an address that can be called: it takes http://HOST/...")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAnAddress("The address must carry no user name, password or fragment")
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


async def _resolved(host: str, port: int) -> tuple[Address, ...]:
    if (literal := _literal(host)) is not None:
        return (literal,)
    if not _HOST.match(host):
        raise HostNotKnown(f"{host!r} is not the name of a host")
    try:
        async with asyncio.timeout(RESOLVING_SECONDS):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as error:
        raise HostNotKnown(f"There is no host called {host} that this machine can find") from error
    # The zone of an IPv6 address ("%eth0") is no part of what is checked, and not of what is called.
    return tuple(dict.fromkeys(ip_address(str(each[4][0]).partition("%")[0]) for each in found))


def _meant(address: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
