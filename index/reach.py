"""How far an IP address reaches: the whole internet, a private network, or nowhere a page is."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from typing import Literal

Address = IPv4Address | IPv6Address
Reach = Literal["public", "private", "never"]


def _networks(blocks: Iterable[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(map(ip_network, blocks))


# What a home, an office or this machine itself uses: https://www.iana.org/assignments/ lists
# "iana-ipv4-special-registry" and "iana-ipv6-special-registry".
_PRIVATE = _networks(
    (
        *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("198.18.0.0/15", "::1/128", "fc00::/7"),
    )
)
# Where clouds tell a machine its secrets, if not by link-local: Azure, Alibaba, AWS, Google.
_METADATA = _networks(
    ("168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::254/128", "fd20:ce::254/128")
)
# Special blocks that Python versions disagree on; those for tunnels would hide another address.
_SPECIAL = _networks(
    (
        *("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24"),
        *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
# The translation of a network that speaks IPv6 alone; the last 32 bits are the IPv4 address meant.
_TRANSLATED = IPv6Network("64:ff9b::/96")


def reach(address: Address) -> Reach:
    """Who is reached: `never` holds link-local, multicast, reserved and metadata addresses.

    >>> from ipaddress import ip_address
    >>> reach(ip_address("1.1.1.1")), reach(ip_address("::ffff:10.0.0.1"))
    ('public', 'private')
    >>> reach(ip_address("169.254.169.254")), reach(ip_address("2002:a00:1::"))
    ('never', 'never')
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return reach(address.ipv4_mapped)
        if address in _TRANSLATED:
            meant = reach(IPv4Address(int(address) & 0xFFFF_FFFF))
            return "public" if meant == "public" else "never"
    if _within(address, _METADATA):
        return "never"
    if _within(address, _PRIVATE):
        return "private"
    if _within(address, _SPECIAL) or not address.is_global:
        return "never"
    if isinstance(address, IPv6Address) and address not in _GLOBAL_UNICAST:
        return "never"
    return "public"


def _within(address: Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)
