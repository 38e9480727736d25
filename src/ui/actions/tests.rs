//! No two actions share a name or a key, and keys are read as they are written.

use std::collections::BTreeSet;

use super::*;

#[test]
fn no_key_and_no_name_is_anybody_elses() {
    let (mut ids, mut names, mut taken) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for action in all() {
        assert!(ids.insert(action.id) && names.insert(action.name), "{} is there twice", action.id);
        for shortcut in action.usual {
            assert!(can_be_chosen(shortcut) || gives_way(action), "{} has a key that is not its own", action.id);
            assert!(taken.insert(words(shortcut)), "{} is taken", words(shortcut));
        }
    }
    assert!(taken.len() >= 30);
}

#[test]
fn keys_are_read_as_they_are_written() {
    for shortcut in all().flat_map(|action| action.usual) {
        assert_eq!(parse(&words(shortcut)), Some(*shortcut), "{}", words(shortcut));
    }
    for key in Key::ALL {
        let shortcut = keys(CTRL_SHIFT.plus(Modifiers::ALT), *key);
        assert_eq!(parse(&words(&shortcut)), Some(shortcut), "{}", words(&shortcut));
    }
    for wrong in ["", "Ctrl+", "Hyper+A", "Ctrl+NoKey", "+"] {
        assert_eq!(parse(wrong), None, "{wrong}");
    }
}

#[test]
fn what_is_typed_and_copied_keeps_its_keys() {
    for (text, can) in
        [("A", false), ("Ctrl+C", false), ("Shift+Tab", false), ("Ctrl+J", true), ("F7", true), ("Alt+Shift+J", true)]
    {
        assert_eq!(can_be_chosen(&parse(text).unwrap()), can, "{text}");
    }
}

#[test]
fn chosen_keys_take_the_place_of_the_usual_ones() {
    let redo = action("redo").unwrap();
    assert_eq!(redo.keys(&Keys::default()).len(), 2);
    let chosen: Keys = [("redo".to_owned(), "Ctrl+J".to_owned()), ("undo".to_owned(), String::new())].into();
    assert_eq!(redo.key_words(&chosen), "Ctrl+J");
    assert_eq!(action("undo").unwrap().keys(&chosen), []);
    assert_eq!(with_keys(&parse("Ctrl+J").unwrap(), &chosen).unwrap().id, "redo");
    assert!(with_keys(&parse("Ctrl+Y").unwrap(), &chosen).is_none());
}
