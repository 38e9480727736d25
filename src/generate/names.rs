//! People who do not exist: invented names, addresses in domains that are reserved for examples (RFC 2606), and
//! phone numbers of the range that is kept free for fiction (555-0100 to 555-0199).

/// Given names, invented.
const GIVEN: [&str; 64] = [
    "Abrin", "Adlo", "Aruve", "Basmi", "Belka", "Bilmo", "Bruvi", "Calmo", "Corvi", "Dalbe", "Davro", "Delmi", "Dorvu",
    "Ebrin", "Eldro", "Emvar", "Fadri", "Felvo", "Fimra", "Galbi", "Gedra", "Gorli", "Hadvi", "Helbo", "Hivra",
    "Ibrem", "Ilvan", "Jabri", "Jelvo", "Jorma", "Kalvi", "Kebro", "Kilda", "Ladvo", "Lerbi", "Lomri", "Madvi",
    "Melbo", "Mivra", "Nabri", "Nelvo", "Norbi", "Obrem", "Olvan", "Pabri", "Pelvo", "Pimra", "Radvi", "Relbo",
    "Rovra", "Sabri", "Selvo", "Simra", "Tadvi", "Telbo", "Tivra", "Ubrem", "Ulvan", "Vabri", "Velko", "Vimra",
    "Yadvi", "Zelbo", "Zivra",
];

/// Family names, invented.
const FAMILY: [&str; 64] = [
    "Abelrun",
    "Amberlo",
    "Ashvane",
    "Balderin",
    "Birkelow",
    "Bramvell",
    "Brindlar",
    "Calvorne",
    "Cindrell",
    "Corbelin",
    "Dalvering",
    "Darrowel",
    "Dunmarel",
    "Ebberlin",
    "Eldersol",
    "Elmvarne",
    "Fallorin",
    "Fenwarel",
    "Fernelow",
    "Galdorne",
    "Glimvale",
    "Gravelin",
    "Haldoren",
    "Hazelrun",
    "Holmvane",
    "Ilderlan",
    "Inkvarel",
    "Ivorlane",
    "Jaspelow",
    "Jorvanel",
    "Junelorn",
    "Kelderin",
    "Kestrow",
    "Kilvarne",
    "Lanterel",
    "Larkvane",
    "Lindrove",
    "Maldorin",
    "Mapelrun",
    "Mossvale",
    "Narrowel",
    "Nettleby",
    "Nordvane",
    "Oakverin",
    "Orchalow",
    "Ottervale",
    "Paldorne",
    "Pebblorn",
    "Pinevarel",
    "Quillane",
    "Quarrowel",
    "Rainvorne",
    "Reedelow",
    "Rushvane",
    "Saldorin",
    "Silverow",
    "Stonvarel",
    "Taldorne",
    "Thistlow",
    "Umberlin",
    "Valdoren",
    "Willovar",
    "Wrenfall",
    "Yarrowel",
];

const DOMAINS: [&str; 3] = ["example.com", "example.org", "example.net"];

/// Area codes that stand before the fictional numbers.
const AREAS: [u32; 8] = [201, 303, 404, 505, 602, 703, 801, 907];

/// How many different names there are.
pub(super) const NAMES: u64 = 64 * 64;

/// The name of the `index`-th customer. The first 4,096 have names of their own; from then on names come again,
/// as they do among people.
pub(super) fn name(seed: u64, index: u64) -> (&'static str, &'static str) {
    // An odd factor makes this a permutation of all names; the seed shifts where it starts.
    let combination = index.wrapping_mul(2_389).wrapping_add(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) % NAMES;
    (GIVEN[(combination % 64) as usize], FAMILY[(combination / 64) as usize])
}

/// An address that no other index has: `Given.Family@…`, with a number from the second person of that name on.
/// Addresses with another character than the dot between the names are other addresses.
pub(super) fn email(seed: u64, index: u64, between: char, domain: u32) -> String {
    let (given, family) = name(seed, index);
    let domain = DOMAINS[domain as usize % DOMAINS.len()];
    match index / NAMES {
        0 => format!("{given}{between}{family}@{domain}"),
        before => format!("{given}{between}{family}{}@{domain}", before + 1),
    }
}

/// A fictional phone number of ten digits.
pub(super) fn phone(area: u32, line: u32) -> u64 {
    let area = AREAS[area as usize % AREAS.len()];
    u64::from(area) * 10_000_000 + 5_550_100 + u64::from(line % 100)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_while_they_last_and_addresses_always() {
        let names: BTreeSet<_> = (0..NAMES).map(|index| name(3, index)).collect();
        assert_eq!(names.len() as u64, NAMES);
        let local = |index| email(3, index, '.', 0);
        let addresses: BTreeSet<String> = (0..3 * NAMES).map(local).collect();
        assert_eq!(addresses.len() as u64, 3 * NAMES);
    }

    #[test]
    fn phones_are_fictional() {
        for line in 0..200 {
            let number = phone(line, line) % 10_000_000;
            assert!((5_550_100..=5_550_199).contains(&number), "{number}");
        }
    }
}
