//! Which IP addresses are public, after the special-purpose address registries of IANA (RFC 6890).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Blocks of IPv4 that are not public: first address and length of the prefix.
const SPECIAL_V4: [(Ipv4Addr, u32); 17] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),        // this network
    (Ipv4Addr::new(10, 0, 0, 0), 8),       // private use
    (Ipv4Addr::new(100, 64, 0, 0), 10),    // shared by carriers
    (Ipv4Addr::new(127, 0, 0, 0), 8),      // loopback
    (Ipv4Addr::new(168, 63, 129, 16), 32), // host of a virtual machine, in some clouds
    (Ipv4Addr::new(169, 254, 0, 0), 16),   // link-local, with the metadata services of clouds
    (Ipv4Addr::new(172, 16, 0, 0), 12),    // private use
    (Ipv4Addr::new(192, 0, 0, 0), 24),     // protocol assignments
    (Ipv4Addr::new(192, 0, 2, 0), 24),     // documentation
    (Ipv4Addr::new(192, 31, 196, 0), 24),  // AS112
    (Ipv4Addr::new(192, 52, 193, 0), 24),  // automatic multicast tunneling
    (Ipv4Addr::new(192, 88, 99, 0), 24),   // relays of 6to4
    (Ipv4Addr::new(192, 168, 0, 0), 16),   // private use
    (Ipv4Addr::new(198, 18, 0, 0), 15),    // benchmarks
    (Ipv4Addr::new(198, 51, 100, 0), 24),  // documentation
    (Ipv4Addr::new(203, 0, 113, 0), 24),   // documentation
    (Ipv4Addr::new(224, 0, 0, 0), 3),      // multicast, reserved and broadcast
];

/// The block of IPv6 from which public addresses are assigned. Everything else is local, multicast, reserved, or a form
/// of an IPv4 address: `::`, `::1`, `::ffff:0:0/96`, `64:ff9b::/96`, `100::/64`, `fc00::/7`, `fe80::/10`, `ff00::/8`.
const GLOBAL_V6: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Blocks within it that are not public.
const SPECIAL_V6: [(Ipv6Addr, u32); 5] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, with Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48), // AS112
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Blocks that an intranet uses: private use, shared by carriers and loopback.
const INTRANET_V4: [(Ipv4Addr, u32); 5] = [
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
];
const INTRANET_V6: [(Ipv6Addr, u32); 2] = [
    (Ipv6Addr::LOCALHOST, 128),
    (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
];

/// Metadata services of clouds within the blocks of intranets.
const METADATA: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Whether an address can be reached from everywhere. Forms of IPv6 that embed an IPv4 address are not public, whatever
/// the embedded address is: no public server is named by one.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|block| is_in_v4(address, *block)),
        IpAddr::V6(address) => {
            is_in_v6(address, GLOBAL_V6) && !SPECIAL_V6.iter().any(|block| is_in_v6(address, *block))
        }
    }
}

/// Whether an address is one of an intranet: private use or loopback, but no metadata service.
pub(crate) fn is_intranet(address: IpAddr) -> bool {
    if METADATA.contains(&address) {
        return false;
    }
    match address {
        IpAddr::V4(address) => INTRANET_V4.iter().any(|block| is_in_v4(address, *block)),
        IpAddr::V6(address) => INTRANET_V6.iter().any(|block| is_in_v6(address, *block)),
    }
}

fn is_in_v4(address: Ipv4Addr, (first, prefix): (Ipv4Addr, u32)) -> bool {
    (address.to_bits() ^ first.to_bits()) >> (32 - prefix) == 0
}

fn is_in_v6(address: Ipv6Addr, (first, prefix): (Ipv6Addr, u32)) -> bool {
    (address.to_bits() ^ first.to_bits()) >> (128 - prefix) == 0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Public for the oracle, refused here: the assignments within these blocks are not servers that users name.
    const STRICTER: [&str; 10] = [
        "168.63.129.16/32",
        "192.0.0.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "224.0.0.0/4",
        "2001::/23",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    ];

    /// The bits of an address as text, so that the oracle shares no arithmetic with the check.
    fn bits(address: IpAddr) -> String {
        match address {
            IpAddr::V4(address) => address
                .octets()
                .iter()
                .map(|byte| format!("{byte:08b}"))
                .collect(),
            IpAddr::V6(address) => address
                .octets()
                .iter()
                .map(|byte| format!("{byte:08b}"))
                .collect(),
        }
    }

    fn is_within(address: IpAddr, block: &str) -> bool {
        let (first, prefix) = block.split_once('/').unwrap();
        let first = bits(first.parse().unwrap());
        let address = bits(address);
        address.len() == first.len() && address.starts_with(&first[..prefix.parse::<usize>().unwrap()])
    }

    fn oracle(address: IpAddr) -> bool {
        let is_unicast = address.is_ipv4() || is_within(address, "2000::/3");
        ip_rfc::global(&address) && is_unicast && !STRICTER.iter().any(|block| is_within(address, block))
    }

    /// Addresses at and beside the edges of blocks, where a wrong prefix shows.
    fn near_v4() -> impl Strategy<Value = IpAddr> {
        (prop::sample::select(SPECIAL_V4.to_vec()), 0..=2_u32, any::<u32>()).prop_map(
            |((first, prefix), kind, inside)| {
                let host = u32::MAX.checked_shr(prefix).unwrap_or(0);
                let first = first.to_bits();
                IpAddr::V4(Ipv4Addr::from_bits(match kind {
                    0 => first.wrapping_sub(1),
                    1 => first | (inside & host),
                    _ => (first | host).wrapping_add(1),
                }))
            },
        )
    }

    fn near_v6() -> impl Strategy<Value = IpAddr> {
        let blocks: Vec<(Ipv6Addr, u32)> = SPECIAL_V6
            .into_iter()
            .chain(INTRANET_V6)
            .chain([GLOBAL_V6])
            .collect();
        (prop::sample::select(blocks), 0..=2_u32, any::<u128>()).prop_map(
            |((first, prefix), kind, inside)| {
                let host = u128::MAX.checked_shr(prefix).unwrap_or(0);
                let first = first.to_bits();
                IpAddr::V6(Ipv6Addr::from_bits(match kind {
                    0 => first.wrapping_sub(1),
                    1 => first | (inside & host),
                    _ => (first | host).wrapping_add(1),
                }))
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn the_check_of_ipv4_agrees_with_the_registry(address in prop_oneof![
            any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from_bits(bits))),
            near_v4(),
        ]) {
            prop_assert_eq!(is_public(address), oracle(address), "{}", address);
            prop_assert!(!(is_public(address) && is_intranet(address)));
        }

        #[test]
        fn the_check_of_ipv6_agrees_with_the_registry(address in prop_oneof![
            any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits))),
            // Within the block of public addresses.
            any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits >> 3 | 1 << 125))),
            // Within 2001::/16, where most special blocks are.
            any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from_bits(bits >> 16 | 0x2001 << 112))),
            near_v6(),
        ]) {
            prop_assert_eq!(is_public(address), oracle(address), "{}", address);
            prop_assert!(!(is_public(address) && is_intranet(address)));
        }

        #[test]
        fn no_form_of_ipv6_that_embeds_an_ipv4_address_is_public(bits in any::<u32>(), rest in any::<u64>()) {
            let low = u128::from(bits);
            let embedded = [
                low,                                       // compatible
                low | 0xffff << 32,                        // mapped
                low | 0xffff << 48,                        // translated
                low | 0x64_ff9b << 96,                     // NAT64
                low | 0x64_ff9b_0001 << 80,                // NAT64, local
                u128::from(rest) | low << 80 | 0x2002 << 112, // 6to4
                low | u128::from(rest) << 32 | 0x2001 << 112, // Teredo
            ];
            for bits in embedded {
                let address = IpAddr::V6(Ipv6Addr::from_bits(bits));
                prop_assert!(!is_public(address), "{}", address);
            }
        }
    }

    #[test]
    fn metadata_services_are_neither_public_nor_of_an_intranet() {
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "fd00:ec2::254",
            "100.100.100.200",
            "168.63.129.16",
        ] {
            let address = address.parse().unwrap();
            assert!(!is_public(address) && !is_intranet(address), "{address}");
        }
    }

    #[test]
    fn public_servers_are_public() {
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "93.184.216.34",
            "2606:4700:4700::1111",
            "2a00:1450:4001:80e::200e",
        ] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
