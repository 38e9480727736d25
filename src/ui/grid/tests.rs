//! Scrolling by rows.

use super::*;

#[test]
fn scrolling_stays_within_the_rows() {
    let mut scroll = RowScroll::default();
    scroll.by(-5.0, 100, 20);
    assert_eq!(scroll.first(), 0);
    scroll.by(1000.0, 100, 20);
    assert_eq!(scroll.first(), 80);
    scroll.to(f64::NAN, 100, 20);
    assert_eq!(scroll.first(), 0);
    scroll.to(7.0, 5, 20);
    assert_eq!(scroll.first(), 0);
}

#[test]
fn wanted_rows_come_into_sight_and_those_in_sight_stay() {
    let mut scroll = RowScroll::default();
    for (wanted, first) in [((5, 9), 0), ((40, 90), 21), ((30, 200), 21), ((3, 20), 3)] {
        scroll.want(wanted.0, wanted.1);
        scroll.bring_wanted(300, 20);
        assert_eq!(scroll.first(), first, "{wanted:?}");
    }
}

#[test]
fn a_single_row_of_a_thousand_million_is_found() {
    let mut scroll = RowScroll::default();
    scroll.to(999_999_937.0, 1_000_000_000, 40);
    assert_eq!(scroll.first(), 999_999_937);
    scroll.by(1.0, 1_000_000_000, 40);
    assert_eq!(scroll.first(), 999_999_938);
}
