//! Groups and sides against what they promise, over made-up customers.

use std::collections::{BTreeSet, HashSet};

use proptest::prelude::*;

use super::*;

/// Customers by their numbers, with so many readings each.
fn names(readings: &[u64]) -> Vec<(String, String)> {
    (0..readings.len()).map(|number| (format!("{number}@example.com"), format!("c_{number:032x}"))).collect()
}

fn members<'a>(names: &'a [(String, String)], readings: &[u64]) -> Vec<Member<'a>> {
    let member = |(number, (identity, pseudonym)): (usize, &'a (String, String))| Member {
        identity,
        pseudonym,
        readings: readings[number],
        consents: [number.is_multiple_of(2), number.is_multiple_of(3), true],
    };
    names.iter().enumerate().map(member).collect()
}

fn alone(customers: usize) -> Vec<u32> {
    (0..customers as u32).collect()
}

/// Which customers can be reached from one another, found by walking and not by uniting.
fn reached(customers: usize, edges: &[(u32, u32)], from: u32) -> BTreeSet<u32> {
    let mut seen = BTreeSet::from([from]);
    for _ in 0..customers {
        for &(one, other) in edges {
            if seen.contains(&one) || seen.contains(&other) {
                seen.extend([one, other]);
            }
        }
    }
    seen
}

fn any_split() -> impl Strategy<Value = Split> {
    (0..500_u32, 0..499_u32, 0..1_000_u64, any::<bool>()).prop_map(
        |(validation_permille, test_permille, seed, stratify)| Split {
            validation_permille,
            test_permille,
            seed,
            stratify,
        },
    )
}

proptest! {
    #[test]
    fn groups_are_who_can_be_reached_by_devices_and_recordings(
        rows in prop::collection::vec((0..12_u32, 0..9_u32), 0..30),
        same in prop::collection::vec((0..12_u32, 0..12_u32), 0..4),
    ) {
        let (customer, device): (Vec<u32>, Vec<u32>) = rows.iter().copied().unzip();
        let groups = groups(12, (&customer, &device), 9, &same);
        let mut edges = same.clone();
        for one in &rows {
            edges.extend(rows.iter().filter(|other| other.1 == one.1).map(|other| (one.0, other.0)));
        }
        for from in 0..12 {
            let reached = reached(12, &edges, from);
            let group: BTreeSet<u32> =
                (0..12).filter(|&other| groups[other as usize] == groups[from as usize]).collect();
            prop_assert_eq!(&group, &reached);
            prop_assert_eq!(Some(&groups[from as usize]), reached.first(), "a group is called by its first");
        }
    }

    #[test]
    fn a_group_has_one_side_and_a_listed_side_is_kept(
        readings in prop::collection::vec(0..5_000_u64, 1..40),
        pairs in prop::collection::vec((0..40_u32, 0..40_u32), 0..10),
        listed in prop::option::of((0..40_usize, 0..3_usize)),
        split in any_split(),
    ) {
        let count = readings.len();
        let pairs: Vec<_> =
            pairs.into_iter().filter(|pair| (pair.0.max(pair.1) as usize) < count && pair.0 < pair.1).collect();
        let groups = groups(count, (&[], &[]), 0, &pairs);
        let names = names(&readings);
        let listed = listed.filter(|(who, _)| *who < count);
        let list = SideList(listed.iter().map(|&(who, side)| (names[who].1.clone(), Side::ALL[side])).collect());
        let sides = assign(&members(&names, &readings), &groups, &split, &list);
        for (one, other) in pairs {
            prop_assert_eq!(sides.of[one as usize], sides.of[other as usize]);
        }
        if let Some((who, side)) = listed {
            prop_assert_eq!(sides.of[who], Side::ALL[side]);
        }
        prop_assert_eq!((sides.torn, sides.listed), (0, u64::from(listed.is_some())));
        let sizes: Vec<u64> = (0..count as u32)
            .map(|of| groups.iter().filter(|group| **group == of).count() as u64)
            .filter(|size| *size > 1)
            .collect();
        prop_assert_eq!(sides.grouped, sizes.iter().sum::<u64>());
    }

    #[test]
    fn without_strata_a_side_depends_on_customer_and_seed_alone(
        readings in prop::collection::vec(0..5_000_u64, 2..60),
        few in 1..60_usize,
        split in any_split(),
    ) {
        let split = Split { stratify: false, ..split };
        let names = names(&readings);
        let few = few.min(readings.len());
        let side = |count: usize| {
            assign(&members(&names[..count], &readings), &alone(count), &split, &SideList::default()).of
        };
        prop_assert_eq!(&side(readings.len())[..few], &side(few)[..]);
    }

    #[test]
    fn strata_give_each_side_its_share_to_the_customer(
        readings in prop::collection::vec(0..5_000_u64, 1..120),
        split in any_split(),
    ) {
        let split = Split { stratify: true, ..split };
        let names = names(&readings);
        let all = members(&names, &readings);
        let sides = assign(&all, &alone(all.len()), &split, &SideList::default());
        let count = |side: Side| sides.of.iter().filter(|of| **of == side).count() as u64;
        prop_assert_eq!(count(Side::Test), part(0, all.len() as u64, split.test_permille));
        prop_assert_eq!(count(Side::Validation), part(0, all.len() as u64, split.validation_permille));
        // And each stratum to one customer, but for what the rounding of those before it leaves.
        let stratum = |number: usize| (readings[number].max(1).ilog2(), all[number].consents);
        for of in (0..all.len()).map(stratum).collect::<HashSet<_>>() {
            let inside: Vec<usize> = (0..all.len()).filter(|&number| stratum(number) == of).collect();
            let tested = inside.iter().filter(|&&number| sides.of[number] == Side::Test).count() as f64;
            let wanted = inside.len() as f64 * f64::from(split.test_permille) / 1000.0;
            prop_assert!((tested - wanted).abs() <= 1.0, "{} of {}", tested, inside.len());
        }
    }

    #[test]
    fn shares_come_out_about_as_asked_for(split in any_split()) {
        let readings = vec![30; 4_000];
        let names = names(&readings);
        let split = Split { stratify: false, ..split };
        let sides = assign(&members(&names, &readings), &alone(4_000), &split, &SideList::default()).of;
        let share = |side: Side| sides.iter().filter(|of| **of == side).count() as f64 / 4.0;
        // Five standard deviations of 4,000 throws.
        prop_assert!((share(Side::Test) - f64::from(split.test_permille)).abs() < 40.0);
        prop_assert!((share(Side::Validation) - f64::from(split.validation_permille)).abs() < 40.0);
    }
}

#[test]
fn a_list_that_tears_a_group_says_how_many_hang_together() {
    let readings = [1, 1, 1, 1];
    let names = names(&readings);
    let groups = groups(4, (&[], &[]), 0, &[(0, 1), (1, 2)]);
    let list = SideList(BTreeMap::from([
        (names[0].0.clone(), Side::Test),
        (names[2].1.clone(), Side::Train),
        (names[3].0.clone(), Side::Validation),
    ]));
    let sides = assign(&members(&names, &readings), &groups, &Split::default(), &list);
    assert_eq!((sides.torn, sides.listed, sides.grouped, sides.largest_group), (3, 3, 3, 3));
    assert_eq!(sides.of[3], Side::Validation);
}

#[test]
fn nobody_has_no_side() {
    let sides = assign(&[], &[], &Split::default(), &SideList::default());
    assert!(sides.of.is_empty());
    assert!(groups(0, (&[], &[]), 0, &[]).is_empty());
    // A row whose customer or device is not known unites nobody.
    let nobody = crate::export::release::parties::NOBODY;
    assert_eq!(groups(2, (&[0, nobody, 1], &[0, 0, nobody]), 1, &[]), [0, 1]);
}

#[test]
fn a_recording_under_two_names_shares_three_readings_and_chance_does_not() {
    let rows = |rows: &[(u32, u64)]| {
        let (customer, hashes): (Vec<u32>, Vec<u64>) = rows.iter().copied().unzip();
        EqualRows::new(&customer, hashes)
    };
    let equal = rows(&[(0, 1), (0, 2), (0, 3), (1, 3), (1, 2), (1, 1), (2, 1), (2, 2), (2, 2), (2, 2), (3, 9)]);
    assert_eq!(equal.same_recordings(), [(0, 1)], "one's own repeated reading counts once");
    assert_eq!(equal.across(&[Side::Train, Side::Train, Side::Train, Side::Test]), 0);
    assert_eq!(equal.across(&[Side::Train, Side::Train, Side::Test, Side::Test]), 2);
    assert_eq!(equal.across(&[Side::Train, Side::Test, Side::Train, Side::Test]), 3);
}

#[test]
fn the_list_that_is_written_is_read_again() {
    let customers = [("c_b", Side::Test), ("c_a", Side::Validation)];
    let text = list_of(customers.into_iter());
    assert_eq!(text, "customer,split\nc_a,validation\nc_b,test\n");
    let list = SideList::parse(&text).unwrap();
    assert_eq!(
        list.into_entries().into_iter().collect::<Vec<_>>(),
        [("c_a".to_owned(), Side::Validation), ("c_b".to_owned(), Side::Test)]
    );
}
