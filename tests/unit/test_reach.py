"""Which addresses may be fetched from: every one that is not the public internet is refused."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.reach import reach

# The special-purpose registries of IANA, and what is not in them but no web site's either.
NOT_PUBLIC = """
    0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24
    224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
    ::/128 ::1/128 ::/96 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 2001::/32 2001:2::/48
    2001:10::/28 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
""".split()
PUBLIC_NAMES = ("1.1.1.1", "8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::200e")
IN_A_BLOCK = st.sampled_from(NOT_PUBLIC).flatmap(
    lambda block: st.ip_addresses(network=ip_network(block))
)


@given(address=IN_A_BLOCK)
def test_no_special_block_is_public(address: IPv4Address | IPv6Address) -> None:
    assert reach(address) != "public"


@given(address=st.ip_addresses())
def test_what_python_calls_local_is_not_public(address: IPv4Address | IPv6Address) -> None:
    translated = isinstance(address, IPv6Address) and address in IPv6Network("64:ff9b::/96")
    if (not address.is_global or address.is_multicast) and not translated:
        assert reach(address) != "public"


@pytest.mark.parametrize("block", NOT_PUBLIC)
def test_both_ends_of_a_block_are_refused(block: str) -> None:
    network = ip_network(block)
    assert "public" not in {reach(network[0]), reach(network[-1])}


@given(address=st.ip_addresses(v=4))
def test_an_address_written_inside_another_gains_nothing(address: IPv4Address) -> None:
    number = int(address)
    mapped, translated = IPv6Address(0xFFFF << 32 | number), IPv6Address((0x64FF9B << 96) | number)
    assert reach(mapped) == reach(address)
    assert (reach(translated) == "public") is (reach(address) == "public")
    assert reach(IPv6Address(0x2002 << 112 | number << 80)) == "never"  # 6to4
    assert reach(IPv6Address(0x20010000 << 96 | ~number & 0xFFFFFFFF)) == "never"  # Teredo


@pytest.mark.parametrize("address", PUBLIC_NAMES)
def test_web_sites_are_public(address: str) -> None:
    assert reach(ip_address(address)) == "public"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.31.255.255", "192.168.0.1", "100.64.0.1", "::1", "fd12::1"],
)
def test_private_networks_can_be_allowed(address: str) -> None:
    assert reach(ip_address(address)) == "private"


@pytest.mark.parametrize(
    "address",
    [
        *(
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "fe80::1",
            "fe80::1%eth0",
        ),
        *("168.63.129.16", "100.100.100.200", "fd00:ec2::254", "fd20:ce::254"),
        *("0.0.0.0", "::", "224.0.0.251", "255.255.255.255", "ff02::1"),
    ],
)
def test_metadata_and_the_unroutable_can_never_be_allowed(address: str) -> None:
    assert reach(ip_address(address)) == "never"
