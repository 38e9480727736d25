//! Devices whose clock goes ahead of their phone's, or behind it, by a constant.

use std::collections::HashMap;

use super::instants::{Instants, shared};

/// So many of a device's instants are looked around at, spread over all that it has.
const SAMPLE: usize = 16;
/// So many candidates of a device are counted in full.
const MOST_CANDIDATES: usize = 12;
/// Readings near one instant that are looked at; of more, those that are nearest in time are left for others to prove.
const MOST_NEAR: usize = 1 << 14;

/// A user whose instants are those of a device, moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    pub user: u32,
    /// What is added to the device's time to get the phone's, in milliseconds.
    pub offset_ms: i64,
    /// Instants that they share then.
    pub shared: u32,
}

/// The users whose instants are those of a device, moved by at most `most` milliseconds; of each the offset with which
/// they share the most, of several such the smallest. The differences between some of the device's instants and all of
/// the users' that are near are counted; only those that come often are counted in full.
pub fn moved(device: &[i64], users: &Instants, most: i64) -> Vec<Moved> {
    let every = device.len().div_ceil(SAMPLE).max(1);
    let sample: Vec<i64> = device.iter().copied().step_by(every).collect();
    let mut differences = HashMap::<(u32, i64), u32>::new();
    for at in &sample {
        let start = users.by_time.partition_point(|(time, _)| *time < at.saturating_sub(most));
        let near =
            users.by_time[start..].iter().take(MOST_NEAR).take_while(|(time, _)| *time <= at.saturating_add(most));
        for (time, user) in near {
            *differences.entry((*user, time - at)).or_default() += 1;
        }
    }
    let mut often: Vec<((u32, i64), u32)> = differences.into_iter().filter(|(_, times)| *times > 1).collect();
    let rank = |((user, offset), times): &((u32, i64), u32)| (std::cmp::Reverse(*times), offset.abs(), *offset, *user);
    often.sort_unstable_by_key(rank);
    let mut best = HashMap::<u32, Moved>::new();
    for ((user, offset_ms), _) in often {
        // Of one user the first few only, or else somebody with an even pace would take all places.
        if best.len() == MOST_CANDIDATES && !best.contains_key(&user) {
            continue;
        }
        let shared = shared(device, users.of(user), offset_ms);
        let found = Moved { user, offset_ms, shared };
        let known = best.entry(user).or_insert(found);
        if (found.shared, -offset_ms.abs()) > (known.shared, -known.offset_ms.abs()) {
            *known = found;
        }
    }
    let mut moved: Vec<Moved> = best.into_values().collect();
    moved.sort_unstable_by_key(|moved| (std::cmp::Reverse(moved.shared), moved.user));
    moved
}
