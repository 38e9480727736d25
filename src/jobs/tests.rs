use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};

use super::*;

/// Waits for the next answer; the test runner's own limit ends a wait that never ends.
fn next<R, A>(lane: &Lane<R, A>) -> (R, Outcome<A>)
where
    R: Clone + PartialEq + Send + 'static,
    A: Send + 'static,
{
    loop {
        if let Some(told) = lane.told(lane.answers.recv().unwrap()) {
            return told;
        }
    }
}

/// A lane that tells what it begins, and ends it when it is let go.
fn gated() -> (Lane<u32, u32>, Receiver<u32>, Sender<()>) {
    let (begun, begin) = sync_channel(1);
    let (go, gate) = channel::<()>();
    let gate = Mutex::new(gate);
    let lane = Lane::new(
        "test",
        || {},
        move |&number: &u32, _: &Progress| {
            begun.send(number).unwrap();
            gate.lock().unwrap().recv().unwrap();
            number
        },
    )
    .unwrap();
    (lane, begin, go)
}

#[test]
fn work_is_answered_and_the_same_is_not_done_twice() {
    let lane = Lane::new("test", || {}, |number: &u32, _: &Progress| number * 2).unwrap();
    lane.request(21);
    assert_eq!(next(&lane), (21, Outcome::Done(42)));
    lane.request(21);
    assert!(!lane.is_busy());
    lane.forget();
    lane.request(21);
    assert_eq!(next(&lane), (21, Outcome::Done(42)));
}

#[test]
fn the_latest_request_wins_and_those_between_are_never_started() {
    let (lane, begin, go) = gated();
    lane.request(1);
    assert_eq!(begin.recv().unwrap(), 1);
    lane.request(2);
    lane.request(3);
    go.send(()).unwrap();
    assert_eq!(begin.recv().unwrap(), 3);
    go.send(()).unwrap();
    assert_eq!(next(&lane), (3, Outcome::Done(3)));
    assert!(!lane.is_busy());
}

#[test]
fn what_made_room_is_not_told_even_when_the_other_is_finished_before_anybody_looks() {
    let (begun, begin) = sync_channel(1);
    let (done, answered) = channel();
    let lane = Lane::new(
        "test",
        move || done.send(()).unwrap(),
        move |&number: &u32, progress: &Progress| {
            begun.send(()).unwrap();
            while number == 1 && !progress.is_cancelled() {
                thread::yield_now();
            }
            number
        },
    )
    .unwrap();
    lane.request(1);
    begin.recv().unwrap();
    lane.request(2);
    begin.recv().unwrap();
    answered.iter().take(2).for_each(drop);
    assert!(!lane.is_busy());
    assert_eq!(lane.poll(), Some((2, Outcome::Done(2))));
    assert_eq!(lane.poll(), None);
}

#[test]
fn a_panic_is_an_outcome_and_the_lane_lives_on() {
    let lane = Lane::new(
        "test",
        || {},
        |&number: &u32, _: &Progress| {
            assert!(number != 1, "this panic belongs to the test");
            number
        },
    )
    .unwrap();
    lane.request(1);
    assert_eq!(next(&lane), (1, Outcome::Died));
    lane.request(1);
    assert_eq!(next(&lane), (1, Outcome::Died));
    lane.request(2);
    assert_eq!(next(&lane), (2, Outcome::Done(2)));
}

#[test]
fn watched_work_gives_its_result_and_is_looked_at_once_more_at_the_end() {
    let mut looks = 0;
    assert_eq!(while_watched(|| 42, || looks += 1), 42);
    assert!(looks >= 1);
}

#[test]
fn work_is_left_to_itself_once_the_watch_gives_something() {
    assert_eq!(unless("five", || 5, || Some("gave up")).unwrap(), Ok(5));
    let (done, wait) = channel::<()>();
    assert_eq!(unless("wait", move || wait.recv().is_ok(), || Some("gave up")).unwrap(), Err("gave up"));
    drop(done);
    let panicked = catch_unwind(|| unless("panic", || std::panic::panic_any("no"), || None::<()>));
    assert!(panicked.is_err());
}

#[test]
fn cancelled_work_can_be_asked_for_again() {
    let (lane, begin, go) = gated();
    lane.request(7);
    assert_eq!(begin.recv().unwrap(), 7);
    lane.cancel();
    go.send(()).unwrap();
    assert_eq!(next(&lane), (7, Outcome::Cancelled));
    lane.request(7);
    assert_eq!(begin.recv().unwrap(), 7);
    go.send(()).unwrap();
    assert_eq!(next(&lane), (7, Outcome::Done(7)));
}

#[test]
fn what_is_cancelled_before_it_begins_is_answered_and_not_done() {
    let (lane, begin, go) = gated();
    lane.request(1);
    assert_eq!(begin.recv().unwrap(), 1);
    lane.request(2);
    lane.cancel();
    go.send(()).unwrap();
    assert_eq!(next(&lane), (2, Outcome::Cancelled));
    lane.request(3);
    assert_eq!(begin.recv().unwrap(), 3);
    go.send(()).unwrap();
    assert_eq!(next(&lane), (3, Outcome::Done(3)));
}
