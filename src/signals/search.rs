//! Searching in time stamps that ascend.

/// Number of elements less than `bound`, of ascending ones, searched outwards from a guess: the cost grows with the
/// logarithm of how far off the guess is.
pub(super) fn count_less(ascending: &[i64], bound: i64, guess: usize) -> usize {
    let (mut low, mut high) = (0, ascending.len());
    let mut step = 1;
    if ascending.get(guess).is_some_and(|&at| at < bound) {
        low = guess + 1;
        while let Some(&at) = ascending.get(low + step) {
            if at >= bound {
                high = low + step;
                break;
            }
            low += step + 1;
            step *= 2;
        }
    } else {
        high = guess.min(high);
        while let Some(place) = high.checked_sub(step) {
            if ascending[place] < bound {
                low = place + 1;
                break;
            }
            high = place;
            step *= 2;
        }
    }
    low + ascending[low..high].partition_point(|&at| at < bound)
}

/// The first whole millisecond that is not before a time; none when that is beyond all that can be told.
pub(super) fn not_before(time: f64) -> Option<i64> {
    let beyond = -(i64::MIN as f64);
    let instant = time.ceil();
    (instant < beyond).then_some(instant as i64)
}

/// Index behind the last of the readings that have the time stamp of the one at `index`.
pub(super) fn end_of_instant(times: &[i64], index: usize) -> usize {
    match times.get(index).map(|&time| time.checked_add(1)) {
        Some(Some(next)) => count_less(times, next, index),
        Some(None) | None => times.len(),
    }
}
