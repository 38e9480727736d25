//! Time stamps that ascend, and a few of them kept apart so that places in time are found without reading the rest.

use std::ops::Range;

use super::search::count_less;

/// Ascending time stamps, with the first one of every block of 16, of every 4 of those, and so on: a twelfth more
/// memory.
#[derive(Debug, Default)]
pub(super) struct Timeline {
    times: Vec<i64>,
    /// Time stamps that blocks begin with, the smallest blocks first.
    levels: Vec<Vec<i64>>,
}

/// Searches for the edges of columns, which ascend, each from the place of the one before.
pub(super) struct Edges<'a> {
    timeline: &'a Timeline,
    /// Milliseconds below which a block is not divided.
    brief: u64,
    /// Level that is searched first.
    level: usize,
    /// Blocks of it that begin before the last edge, and how many more those were than before the edge before.
    blocks: usize,
    step: usize,
}

/// Time stamps in a block of the finest level, so that those searched one by one are in two lines of a cache.
const BLOCK: usize = 16;

/// Blocks of a level that make one of the next.
const FAN_OUT: usize = 4;

/// A block that takes less than this part of a column belongs to the column that it begins in. A column is half a
/// pixel, so nothing is drawn an eighth of a pixel from its place.
const PART: usize = 4;

impl Timeline {
    pub(super) fn new(times: Vec<i64>) -> Self {
        let mut levels: Vec<Vec<i64>> = vec![times.iter().copied().step_by(BLOCK).collect()];
        while let Some(below) = levels.last().filter(|below| below.len() > FAN_OUT) {
            let level = below.iter().copied().step_by(FAN_OUT).collect();
            levels.push(level);
        }
        Self { times, levels }
    }

    pub(super) fn times(&self) -> &[i64] {
        &self.times
    }

    /// Searches for the edges of columns of a width in milliseconds that so many readings are drawn in. Where readings
    /// come evenly, the blocks of the level that is searched first just need not be divided.
    pub(super) fn edges(&self, readings: usize, columns: usize, width: f64) -> Edges<'_> {
        let coarser = (1..self.levels.len()).take_while(|&level| size(level) <= readings / columns / PART);
        Edges { timeline: self, brief: (width / PART as f64) as u64, level: coarser.count(), blocks: 0, step: 0 }
    }

    /// Index of the first of some readings that is not before a time, or the index behind them.
    pub(super) fn first_not_before(&self, time: i64, readings: Range<usize>) -> usize {
        let start = readings.start;
        self.times.get(readings).map_or(start, |times| start + times.partition_point(|&at| at < time))
    }
}

impl Edges<'_> {
    /// Between which readings the next edge is: the readings of a block, or none between two blocks.
    ///
    /// Edges advance by about the same number of blocks where readings come evenly, so the guess is that they do.
    pub(super) fn around(&mut self, time: i64) -> Range<usize> {
        let Timeline { times, levels } = self.timeline;
        let mut blocks = count_less(&levels[self.level], time, self.blocks + self.step);
        self.step = blocks.saturating_sub(self.blocks);
        self.blocks = blocks;
        for level in (0..=self.level).rev() {
            let Some(block) = blocks.checked_sub(1) else { return 0..0 };
            let ends = levels[level].get(block..block + 2);
            let end = times.len().min(blocks * size(level));
            if ends.is_some_and(|ends| ends[1].abs_diff(ends[0]) < self.brief) {
                return end..end;
            }
            let Some(finer) = level.checked_sub(1) else { return block * size(level)..end };
            blocks = block * FAN_OUT;
            blocks += levels[finer][blocks..].iter().take(FAN_OUT).filter(|&&at| at < time).count();
        }
        0..0
    }
}

/// Time stamps in a block of a level.
const fn size(level: usize) -> usize {
    BLOCK * FAN_OUT.pow(level as u32)
}
