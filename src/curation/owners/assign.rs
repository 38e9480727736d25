//! One device, one customer: the assignment that shares the most instants altogether, and how much worse off the next
//! best one would be.

use std::collections::HashMap;

/// The most devices or users that are weighed against each other at once; where more compete, none is clear.
const MOST_TOGETHER: usize = 40;

/// A device that could be a user's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub device: u32,
    pub user: u32,
    /// Instants that they share.
    pub shared: u32,
}

/// What the best assignment says of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assigned {
    pub user: u32,
    /// How many shared instants fewer the best assignment has in which these two are apart.
    pub lead: u32,
}

/// Assigns devices to users one to one so that together they share the most instants, in each group of those who compete.
///
/// The assignment of a group is the Hungarian method (H. W. Kuhn 1955) in the form with potentials, which takes the cube
/// of the size of the group; the lead takes that again for each device. Devices of a group that is too large get none.
pub fn assign(candidates: &[Candidate]) -> HashMap<u32, Assigned> {
    let mut assigned = HashMap::new();
    for group in groups(candidates) {
        let mut devices: Vec<u32> = group.iter().map(|candidate| candidate.device).collect();
        let mut users: Vec<u32> = group.iter().map(|candidate| candidate.user).collect();
        for list in [&mut devices, &mut users] {
            list.sort_unstable();
            list.dedup();
        }
        if devices.len().max(users.len()) > MOST_TOGETHER {
            continue;
        }
        let mut weights = vec![vec![0_i64; users.len()]; devices.len()];
        for candidate in &group {
            if let (Ok(device), Ok(user)) =
                (devices.binary_search(&candidate.device), users.binary_search(&candidate.user))
            {
                weights[device][user] = i64::from(candidate.shared);
            }
        }
        let (best, total) = heaviest(&weights);
        for (device, user) in best.into_iter().enumerate() {
            let Some(user) = user.filter(|user| weights[device][*user] > 0) else { continue };
            let shared = std::mem::take(&mut weights[device][user]);
            let (_, without) = heaviest(&weights);
            weights[device][user] = shared;
            let lead = u32::try_from(total - without).unwrap_or_default();
            assigned.insert(devices[device], Assigned { user: users[user], lead });
        }
    }
    assigned
}

/// The candidates in groups that have no device and no user in common.
fn groups(candidates: &[Candidate]) -> Vec<Vec<Candidate>> {
    let mut root: Vec<usize> = (0..candidates.len()).collect();
    fn find(root: &mut [usize], mut of: usize) -> usize {
        while root[of] != of {
            root[of] = root[root[of]];
            of = root[of];
        }
        of
    }
    let (mut of_device, mut of_user) = (HashMap::new(), HashMap::new());
    for (place, candidate) in candidates.iter().enumerate() {
        for first in
            [*of_device.entry(candidate.device).or_insert(place), *of_user.entry(candidate.user).or_insert(place)]
        {
            let (one, other) = (find(&mut root, first), find(&mut root, place));
            root[one.max(other)] = one.min(other);
        }
    }
    let mut groups = std::collections::BTreeMap::<usize, Vec<Candidate>>::new();
    for (place, candidate) in candidates.iter().enumerate() {
        groups.entry(find(&mut root, place)).or_default().push(*candidate);
    }
    groups.into_values().collect()
}

/// The one-to-one assignment of rows to columns with the largest sum, and the sum. A weight of 0 is as good as apart.
fn heaviest(weights: &[Vec<i64>]) -> (Vec<Option<usize>>, i64) {
    let columns = weights.first().map_or(0, Vec::len);
    let size = weights.len().max(columns);
    let cost = |row: usize, column: usize| -weights.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0);
    // Row and column 0 are nobody; potentials of rows and columns, and the row that each column has.
    let (mut of_row, mut of_column) = (vec![0_i64; size + 1], vec![0_i64; size + 1]);
    let mut taken_by = vec![0_usize; size + 1];
    for row in 1..=size {
        taken_by[0] = row;
        let mut column = 0;
        let (mut least, mut way) = (vec![i64::MAX; size + 1], vec![0_usize; size + 1]);
        let mut is_done = vec![false; size + 1];
        loop {
            is_done[column] = true;
            let (at, mut by, mut next) = (taken_by[column], i64::MAX, 0);
            for other in (1..=size).filter(|other| !is_done[*other]) {
                let reduced = cost(at - 1, other - 1) - of_row[at] - of_column[other];
                if reduced < least[other] {
                    (least[other], way[other]) = (reduced, column);
                }
                if least[other] < by {
                    (by, next) = (least[other], other);
                }
            }
            for other in 0..=size {
                if is_done[other] {
                    of_row[taken_by[other]] += by;
                    of_column[other] -= by;
                } else {
                    least[other] = least[other].saturating_sub(by);
                }
            }
            column = next;
            if taken_by[column] == 0 {
                break;
            }
        }
        while column != 0 {
            taken_by[column] = taken_by[way[column]];
            column = way[column];
        }
    }
    let mut assigned = vec![None; weights.len()];
    let mut total = 0;
    for (column, taken_by) in taken_by.into_iter().enumerate().skip(1) {
        let row = taken_by - 1;
        total -= cost(row, column - 1);
        // Rows and columns that only fill up the square are nobody's.
        if let Some(assigned) = assigned.get_mut(row).filter(|_| column <= columns) {
            *assigned = Some(column - 1);
        }
    }
    (assigned, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest sum, by trying all.
    fn tried(weights: &[Vec<i64>], row: usize, used: &mut Vec<bool>) -> i64 {
        if row == weights.len() {
            return 0;
        }
        let mut best = tried(weights, row + 1, used);
        for column in 0..used.len() {
            if !used[column] {
                used[column] = true;
                best = best.max(weights[row][column] + tried(weights, row + 1, used));
                used[column] = false;
            }
        }
        best
    }

    #[test]
    fn the_heaviest_assignment_is_what_trying_all_finds() {
        let mut state = 1_u64;
        let mut dice = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..300 {
            let (rows, columns) = (1 + dice(5) as usize, 1 + dice(5) as usize);
            let weights: Vec<Vec<i64>> =
                (0..rows).map(|_| (0..columns).map(|_| (dice(8) * dice(2)) as i64).collect()).collect();
            let (assigned, total) = heaviest(&weights);
            assert_eq!(total, tried(&weights, 0, &mut vec![false; columns]), "{weights:?}");
            let sum: i64 =
                assigned.iter().enumerate().filter_map(|(row, column)| weights[row].get((*column)?).copied()).sum();
            assert_eq!(sum, total, "{weights:?}");
        }
    }

    #[test]
    fn who_moves_along_leaves_no_lead_and_another_session_decides() {
        let candidate = |device, user, shared| Candidate { device, user, shared };
        let both = [candidate(0, 0, 30), candidate(0, 1, 30), candidate(1, 0, 30), candidate(1, 1, 30)];
        assert!(assign(&both).values().all(|assigned| assigned.lead == 0));
        let decided = assign(&[candidate(0, 0, 30), candidate(0, 1, 30), candidate(1, 1, 30)]);
        assert_eq!(decided[&0], Assigned { user: 0, lead: 30 });
        assert_eq!(decided[&1].user, 1);
        let apart = assign(&[candidate(5, 7, 12)]);
        assert_eq!(apart[&5], Assigned { user: 7, lead: 12 });
    }
}
