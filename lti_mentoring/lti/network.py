"""Sockets that only go where they may, and never wait longer than one call's deadline.

The name is resolved, every address checked, and the checked address itself is connected to, so that a second look-up
cannot lead elsewhere (DNS rebinding). TLS still checks the certificate against the name.
"""

from __future__ import annotations

import http.client
import io
import socket
from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from time import monotonic
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed import ReadableBuffer, SupportsRead, WriteableBuffer

Resolved: TypeAlias = tuple[socket.AddressFamily, tuple[str | int | bytes, ...]]
Resolver: TypeAlias = "Callable[[str, int], list[Resolved]]"

HTTPS_PORT = 443
# Below it lie mail, databases' elder relatives and the like; an LMS on a port of its own chooses a higher one.
FREE_PORTS = 1024

# RFC 6052, and RFC 4291 section 2.5.5.1: an IPv4 address written inside an IPv6 one; a gateway, or an old stack, would
# send us on to the inner address.
_CARRYING = (IPv6Network("64:ff9b::/96"), IPv6Network("::/96"))
# What looks public and is not: Azure's service for its own machines (learn.microsoft.com, “What is IP address
# 168.63.129.16?”), and RFC 6890's block in which Oracle's cloud keeps machine secrets (192.0.0.192). The other clouds'
# addresses for those are link-local, shared or private, and refused as such.
_INWARD = (IPv4Network("168.63.129.16/32"), IPv4Network("192.0.0.0/24"))


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to connect, between two pieces of an answer, and for one whole call."""

    connect: float = 5.0
    read: float = 10.0
    total: float = 30.0


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether ``address`` lies in the public internet, looking inside IPv6 forms that carry an IPv4 one."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and any(address in carrying for carrying in _CARRYING):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not any(address in inward for inward in _INWARD)


def resolve_name(host: str, port: int) -> list[Resolved]:
    """Ask the machine's resolver for the addresses of a name."""
    return [(kind, address) for kind, _, _, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


class Gate:
    """Which addresses may be called: https to public ones, and whatever the installation lists by name."""

    def __init__(self, allowed_private_hosts: Iterable[str] = (), resolve: Resolver = resolve_name) -> None:
        """Take names with or without a port, as ``localhost`` or ``lms.test:8443``; for development and tests."""
        self._allowed = frozenset(name.strip().lower() for name in allowed_private_hosts)
        self._resolve = resolve

    def knows(self, host: str, port: int) -> bool:
        """Whether the installation itself listed this host."""
        name = host.lower().strip("[]")
        return name in self._allowed or f"{name}:{port}" in self._allowed

    def check_url(self, url: str) -> str:
        """Return the host of an address that may be called; raise PlatformRefused for every other."""
        try:
            parts = urlsplit(url)
            port = (HTTPS_PORT if parts.scheme == "https" else 80) if parts.port is None else parts.port
        except ValueError:
            raise PlatformRefused(None, "address_malformed") from None
        host = parts.hostname or ""
        if not host or parts.username is not None or any(char <= " " or char == "\x7f" for char in url):
            raise PlatformRefused(None, "address_malformed", host=host)
        if parts.scheme != "https" and not (parts.scheme == "http" and self.knows(host, port)):
            raise PlatformRefused(None, "address_not_https", host=host)
        if port < FREE_PORTS and port != HTTPS_PORT and not self.knows(host, port):
            raise PlatformRefused(None, "address_port", host=host)
        return host

    def addresses(self, host: str, port: int) -> list[Resolved]:
        """Resolve ``host`` and return the socket addresses that may be connected to; never an empty list."""
        try:
            every = self._resolve(host, port)
        except (OSError, UnicodeError):
            raise PlatformUnavailable("dns", host=host) from None
        if self.knows(host, port):
            return every
        public = [(kind, address) for kind, address in every if is_public(ip_address(str(address[0]).split("%")[0]))]
        if not public:
            raise PlatformRefused(None, "address_not_public", host=host)
        return public


@dataclass(frozen=True, slots=True)
class Call:
    """One call under way: where it may go and when it must be over (``time.monotonic`` seconds)."""

    gate: Gate
    timeouts: Timeouts
    deadline: float

    @property
    def left(self) -> float:
        """Seconds until the deadline; raise TimeoutError when there are none."""
        left = self.deadline - monotonic()
        if left <= 0:
            raise TimeoutError("deadline")
        return left

    @property
    def patience(self) -> float:
        """How long one operation on a socket may wait."""
        return min(self.timeouts.read, self.left)

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a socket connected to the first checked address that answers."""
        for family, address in self.gate.addresses(host, port):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(min(self.timeouts.connect, self.left))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
            except OSError as failure:
                sock.close()
                reason = "timeout" if isinstance(failure, TimeoutError) else "connection"
            else:
                return sock
        raise PlatformUnavailable(reason, host=host)


# The connection classes are made deep inside urllib3, in the thread that makes the call.
CURRENT: ContextVar[Call] = ContextVar("lti_mentoring_platform_call")


class _DeadlineFile(io.RawIOBase):
    """A socket's reading side whose every read ends by the call's deadline, however slowly bytes drip in."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        self._sock, self._call = sock, call
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._sock.settimeout(self._call.patience)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _DeadlineSocket:
    """What ``http.client`` asks of a socket in order to read an answer."""

    def __init__(self, sock: socket.socket, call: Call) -> None:
        self._sock, self._call = sock, call

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_DeadlineFile(self._sock, self._call))


class _DeadlineResponse(http.client.HTTPResponse):
    def __init__(
        self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        readable = _DeadlineSocket(sock, CURRENT.get())
        super().__init__(readable, debuglevel, method, url)  # type: ignore[arg-type]  # it asks only for makefile()


class _Pinned(HTTPConnection):
    response_class = _DeadlineResponse

    def _new_conn(self) -> socket.socket:
        return CURRENT.get().connect(self._dns_host, self.port)

    def send(self, data: SupportsRead[bytes] | Iterable[ReadableBuffer] | ReadableBuffer | str) -> None:
        # A kept connection still has the last moments of the call before as its timeout.
        if self.sock is not None:
            self.sock.settimeout(CURRENT.get().patience)
        super().send(data)


class _PinnedTLS(_Pinned, HTTPSConnection):
    """The same under TLS."""


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _Pinned


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PinnedTLS


class PinnedAdapter(HTTPAdapter):
    """Makes ``requests`` use the connections above; no retry of its own, no proxy from the environment."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: object) -> None:
        """Build the pool manager and exchange its connection pools."""
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
