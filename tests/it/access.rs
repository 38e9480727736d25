//! What assistive technology is told: a walk along the main path that knows nothing else, the structure of tables, and that
//! everything has a name of its own.

use std::collections::BTreeMap;

use egui::accesskit::{Role, SortDirection, Toggled};
use egui_kittest::Node;
use egui_kittest::kittest::{By, NodeT, Queryable};
use stedi_workbench::app::Settings;
use stedi_workbench::domain::{Column, Kind, format::thousands};
use stedi_workbench::domain::{JoinRule, Recipe, Table};
use stedi_workbench::export::release::Manifest;
use stedi_workbench::landing::Source;
use stedi_workbench::state::{Command, Shown, State};

use crate::support::{Window, sample_data};

/// A window of which nothing is known but the tree of roles and names, and in which things are done by asking nodes to.
struct Reader(Window);

impl Reader {
    fn open(source: Option<Source>) -> (Self, tempfile::TempDir) {
        let home = tempfile::tempdir().unwrap();
        let window = Window::open_with(Settings::at(home.path().join("config/settings.json")), source);
        let mut reader = Self(window);
        reader.settle();
        (reader, home)
    }

    fn state(&self) -> &State {
        self.0.harness.state().state()
    }

    fn settle(&mut self) {
        self.0.harness.run_steps(4);
        self.0.wait("the window", |state| {
            let (review, exporting) = (&state.review, &state.exporting);
            state.work.is_none()
                && !state.landing.is_loading()
                && !state.curation.is_loading()
                && !state.look.is_loading()
                && !state.dropped.is_loading()
                && !state.consent.is_loading()
                && !review.checks.is_loading()
                && !review.trail.is_loading()
                && !review.joins.is_loading()
                && !review.rules.is_loading()
                && !review.owners.is_loading()
                && !review.example.is_loading()
                && !review.trail_is_busy
                && !state.signals.lines.is_loading()
                && !state.signals.recording.is_loading()
                && !exporting.preview.is_loading()
                && !exporting.past.is_loading()
                && exporting.writing.is_none()
        });
        self.0.harness.run_steps(4);
    }

    /// The nodes of a role whose name begins so, below the region.
    fn all(&self, region: Role, role: Role, start: &str) -> Vec<Node<'_>> {
        let region = self.0.harness.get_by_role(region);
        let starts = |node: &Node<'_>| name(node).starts_with(start);
        region.query_all_by_role(role).filter(starts).collect()
    }

    fn name_of(&self, region: Role, role: Role, start: &str) -> String {
        let found = self.all(region, role, start);
        name(found.first().unwrap_or_else(|| panic!("no {role:?} begins with {start:?}")))
    }

    /// Does what a press of a node comes to.
    fn press(&mut self, region: Role, role: Role, start: &str) {
        let found = self.all(region, role, start);
        let node = found.first().unwrap_or_else(|| panic!("no {role:?} begins with {start:?}"));
        assert!(!node.accesskit_node().is_disabled(), "{start:?} is disabled");
        node.click_accesskit();
        self.settle();
    }

    fn set(&mut self, field: &str, text: &str) {
        self.0.harness.get_by_role_and_label(Role::TextInput, field).set_text_value_accesskit(text);
        self.settle();
    }

    /// Everything that is said below a region.
    fn said(&self, region: Role) -> String {
        let region = self.0.harness.get_by_role(region);
        let texts = region.query_all(By::new().predicate(|_| true));
        let texts: Vec<String> = texts
            .filter(|node| node.accesskit_node().role() != Role::TextRun)
            .flat_map(|node| [Some(name(&node)), node.accesskit_node().description()])
            .flatten()
            .filter(|text| !text.is_empty())
            .collect();
        texts.join("\n")
    }
}

/// What is read out of a node.
fn name(node: &Node<'_>) -> String {
    let node = node.accesskit_node();
    node.label().or_else(|| node.value()).unwrap_or_default()
}

#[test]
fn the_main_path_is_walked_by_roles_and_names_alone() {
    // A folder that is not there, so that the first thing that is heard is what to do about it.
    let (mut reader, home) = Reader::open(Some(Source::Folder("/no/such/folder".into())));
    assert!(reader.said(Role::Main).contains("/no/such/folder"));
    reader.press(Role::Main, Role::Button, "Open the sample data");
    assert_eq!(reader.name_of(Role::ContentInfo, Role::Status, ""), "ready");

    // The counts.
    for table in Table::ALL {
        let heard = reader.name_of(Role::Region, Role::Button, &format!("{}: ", table.name()));
        let rows = reader.state().curation.value().unwrap().rows(table);
        assert_eq!(heard, format!("{}: {} rows", table.name(), thousands(rows)));
    }

    // Why a customer was dropped: the rows behind the loss, one of them whole, and what there is of its customer.
    reader.press(Role::Region, Role::Button, "customer_trusted: −");
    assert_eq!(reader.name_of(Role::Main, Role::Heading, ""), "customer_trusted: no consent");
    let loss = reader.state().curation.value().unwrap().count(Table::CustomerTrusted).unwrap().dropped();
    let table = reader.name_of(Role::Main, Role::Table, "dropped rows");
    assert_eq!(table, format!("dropped rows, {} rows", thousands(loss)));
    let cells = reader.all(Role::Main, Role::Cell, "");
    let first = cells.iter().find(|cell| cell.accesskit_node().data().row_index() == Some(1)).unwrap();
    first.click_accesskit();
    reader.settle();
    reader.press(Role::Main, Role::Button, "Show details");
    let about = reader.name_of(Role::Main, Role::Button, "About C·");
    let customer = about.strip_prefix("About ").unwrap().strip_suffix(": consent and lost rows").unwrap().to_owned();
    reader.press(Role::Main, Role::Button, &about);
    assert_eq!(reader.name_of(Role::Main, Role::Tab, "About "), format!("About {customer}"));
    let about = reader.said(Role::Main);
    assert!(about.contains("no consent"), "{about}");
    assert_eq!(reader.state().choices().follow, None, "to look at somebody narrows nothing");

    // A device with foreign motions.
    reader.press(Role::Navigation, Role::Button, "Signals");
    let worst = reader.name_of(Role::Main, Role::Button, "Signals of D·");
    let pairs = worst.rsplit(' ').next().unwrap().replace(',', "").parse::<u64>().unwrap();
    assert!(worst.contains("foreign rows") && pairs > 0, "{worst}");
    reader.press(Role::Main, Role::Button, &worst);
    let chart = reader.all(Role::Main, Role::Image, "Signals of D·");
    let words = chart[0].accesskit_node().description().unwrap();
    assert!(words.contains("joined with a foreign motion"), "{words}");
    assert!(words.contains("distance from object: ") && words.contains("UTC") && words.contains("gap"), "{words}");
    reader.press(Role::Main, Role::Button, "All devices");

    // Repaired, signed, exported.
    reader.press(Role::Navigation, Role::Button, "Join review");
    let check = reader.name_of(Role::Main, Role::Button, "Foreign motions");
    assert!(check.contains(": fail, "), "{check}");
    reader.press(Role::Main, Role::Button, &check);
    reader.press(Role::Main, Role::Button, "Join on time stamp and owner");
    assert_eq!(reader.state().choices().recipe.join, JoinRule::Owner);
    reader.set("Your name", "A. Name");
    reader.press(Role::Main, Role::Button, "Sign off");
    reader.press(Role::Navigation, Role::Button, "Export");
    let place = home.path().join("training");
    reader.set("Folder of the export", &place.display().to_string());
    reader.press(Role::Main, Role::Button, "Export");
    assert!(reader.said(Role::Main).contains(&format!("Written to {}", place.display())));
    assert_eq!(Manifest::read(&place).unwrap().review.signed_off.unwrap().who, "A. Name");
}

#[test]
fn a_table_tells_its_rows_columns_order_and_what_is_chosen() {
    let (mut reader, _home) = Reader::open(Some(Source::Folder(sample_data())));
    reader.press(Role::Navigation, Role::Button, "accelerometer_landing");
    let rows = reader.state().landing.value().unwrap().landing.rows(Table::AccelerometerLanding.dataset().unwrap());
    let columns = Table::AccelerometerLanding.schema();
    let table = |reader: &Reader| -> (usize, usize) {
        let node = reader.0.harness.get_by_role(Role::Table);
        let node = node.accesskit_node();
        (node.data().row_count().unwrap(), node.data().column_count().unwrap())
    };
    assert_eq!(table(&reader), (rows as usize + 1, columns.len() + 1));
    let titles = reader.all(Role::Main, Role::ColumnHeader, "");
    let titles: BTreeMap<usize, String> =
        titles.iter().map(|node| (node.accesskit_node().data().column_index().unwrap(), name(node))).collect();
    let zone = |column: &Column| if column.kind == Kind::Time { " UTC" } else { "" };
    let titled = columns.iter().map(|column| format!("{}{}", column.name, zone(column)));
    let expected = std::iter::once("row".to_owned()).chain(titled);
    assert_eq!(titles, expected.enumerate().collect());
    // Each row in sight is there once, with a cell for each column, below the table, whichever part of it is pinned.
    let check = |reader: &Reader| {
        let grid = reader.0.harness.get_by_role(Role::Table);
        let lines: Vec<Node<'_>> = grid.query_all_by_role(Role::Row).collect();
        let mut seen = vec![];
        for line in &lines {
            let index = line.accesskit_node().data().row_index().unwrap();
            seen.push(index);
            let is_of = |node: &Node<'_>| node.accesskit_node().data().row_index() == Some(index);
            let cells: Vec<usize> = [Role::Cell, Role::RowHeader, Role::ColumnHeader]
                .into_iter()
                .flat_map(|role| line.query_all_by_role(role).filter(is_of).collect::<Vec<_>>())
                .map(|cell| cell.accesskit_node().data().column_index().unwrap())
                .collect();
            let mut sorted = cells.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..=columns.len()).collect::<Vec<_>>(), "row {index}: {cells:?}");
        }
        seen
    };
    let seen = check(&reader);
    assert_eq!(seen, (0..seen.len()).collect::<Vec<_>>());
    reader.press(Role::Main, Role::Button, "Column x");
    reader.0.harness.get_by_label("Pin").click_accesskit();
    reader.settle();
    reader.0.harness.key_press(egui::Key::Escape);
    reader.settle();
    assert_eq!(check(&reader), seen);
    // The last row has its true number.
    reader.0.harness.get_by_role(Role::Table).focus();
    reader.0.harness.run_steps(2);
    reader.0.harness.key_press(egui::Key::End);
    reader.settle();
    assert_eq!(check(&reader).last(), Some(&(rows as usize)));
    // What is chosen by a reader is chosen, and said.
    let chosen = |reader: &Reader| {
        let cells = reader.all(Role::Main, Role::Cell, "");
        cells.iter().filter(|cell| cell.accesskit_node().data().is_selected() == Some(true)).count()
    };
    assert_eq!(chosen(&reader), 0);
    reader.all(Role::Main, Role::Cell, "")[2].click_accesskit();
    reader.settle();
    assert_eq!(chosen(&reader), 1);
    assert!(reader.state().choices().selection().is_some());
    let order = |reader: &Reader| {
        let titles = reader.all(Role::Main, Role::ColumnHeader, "timestamp");
        titles[0].accesskit_node().data().sort_direction()
    };
    assert_eq!(order(&reader), None);
    for direction in [Some(SortDirection::Ascending), Some(SortDirection::Descending), None] {
        reader.press(Role::Main, Role::Button, "Sort by timestamp");
        assert_eq!(order(&reader), direction);
    }
}

/// Every page, with the tabs of each.
const PAGES: [(&str, &[&str]); 7] = [
    ("customer_landing", &[]),
    ("machine_learning_curated", &[]),
    ("Consent", &["Where rows went", "Who agreed when", "Withdrawals", "Expected counts"]),
    ("Signals", &[]),
    ("Join review", &["Checks", "Joins", "Join rules", "Whose device", "Trail"]),
    ("Export", &["Next export", "Exports made"]),
    ("Files and refused records", &[]),
];

fn is_pressed(role: Role) -> bool {
    matches!(
        role,
        Role::Button
            | Role::CheckBox
            | Role::RadioButton
            | Role::Tab
            | Role::Link
            | Role::MenuItem
            | Role::ComboBox
            | Role::Slider
            | Role::SpinButton
            | Role::TextInput
            | Role::PasswordInput
            | Role::Table
            | Role::ScrollBar
    )
}

/// Nodes that can be acted on have names that say something and tell them from each other, and no icon is read out.
fn assert_named(reader: &Reader, page: &str) {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    let root = reader.0.harness.root();
    let window = root.accesskit_node().label().unwrap_or_default();
    assert!(window.ends_with("STEDI workbench"), "{page}: the window is called {window:?}");
    for node in root.query_all(By::new().predicate(|node| !node.is_hidden())) {
        let it = node.accesskit_node();
        if it.role() == Role::TextRun {
            continue;
        }
        let said = [it.label(), it.value(), it.description()].into_iter().flatten().collect::<String>();
        let icon = said.chars().find(|letter| ('\u{e000}'..='\u{f8ff}').contains(letter));
        assert!(icon.is_none(), "{page}: an icon is read out in {said:?}");
        if !is_pressed(it.role()) {
            continue;
        }
        let label = it.label().or_else(|| it.placeholder().map(str::to_owned)).unwrap_or_default();
        if it.role() != Role::ScrollBar {
            assert!(
                label.chars().any(char::is_alphanumeric),
                "{page}: {:?} {:?} without a name",
                it.role(),
                it.value()
            );
        }
        // Within a cell, a row or a named part of the page, the same name is another thing.
        let mut context = vec![];
        let mut above = it.parent();
        while let Some(node) = above {
            let data = node.data();
            context.extend(node.label());
            context.extend(data.row_index().map(|row| format!("row {row}")));
            above = node.parent();
        }
        if matches!(it.role(), Role::Button | Role::Link | Role::CheckBox) {
            *names.entry(format!("{:?} {label} in {context:?}", it.role())).or_default() += 1;
        }
    }
    let twice: Vec<_> = names.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{page}: several are called the same: {twice:#?}");
    assert!(names.len() > 20, "{page} has {} buttons", names.len());
}

#[test]
fn whatever_can_be_pressed_has_a_name_of_its_own_on_every_page() {
    let (mut reader, _home) = Reader::open(Some(Source::Folder(sample_data())));
    reader.0.harness.set_size(egui::vec2(1600.0, 1600.0));
    for (page, tabs) in PAGES {
        reader.press(Role::Navigation, Role::Button, page);
        assert_named(&reader, page);
        assert!(!reader.all(Role::Main, Role::Heading, "").is_empty(), "{page} has no heading");
        for tab in tabs {
            reader.press(Role::Main, Role::Tab, tab);
            let chosen = reader.all(Role::Main, Role::Tab, tab);
            assert_eq!(chosen[0].accesskit_node().data().is_selected(), Some(true), "{page}: {tab}");
            assert_named(&reader, &format!("{page}: {tab}"));
        }
    }
    let device = reader.state().landing.value().unwrap().codes.identities().next().unwrap().to_owned();
    reader.0.harness.state_mut().ask(Command::Follow(Some(stedi_workbench::explore::Follow::Person(device))));
    reader.0.harness.state_mut().ask(Command::Show(Shown::Signals));
    reader.settle();
    assert_named(&reader, "one customer's signals");
}

#[test]
fn regions_states_and_what_is_wrong_are_told() {
    let (mut reader, _home) = Reader::open(Some(Source::Folder(sample_data())));
    for (role, name) in [
        (Role::Banner, "What is open, and commands"),
        (Role::Region, "Rows of all tables"),
        (Role::Form, "Recipe"),
        (Role::Navigation, "Pages and tables"),
        (Role::Main, "Page"),
        (Role::ContentInfo, "Status"),
    ] {
        assert_eq!(reader.0.harness.get_by_role(role).accesskit_node().label().as_deref(), Some(name));
    }
    let join = |reader: &Reader, name: &str| {
        let nodes = reader.all(Role::Form, Role::RadioButton, name);
        nodes
            .iter()
            .find(|node| node.accesskit_node().label().as_deref() == Some(name))
            .unwrap()
            .accesskit_node()
            .toggled()
    };
    assert_eq!(join(&reader, "research"), Some(Toggled::True));
    reader.press(Role::Form, Role::RadioButton, "public");
    assert_eq!((join(&reader, "research"), join(&reader, "public")), (Some(Toggled::False), Some(Toggled::True)));
    reader.press(Role::Navigation, Role::Button, "Consent");
    reader.press(Role::Main, Role::Tab, "Expected counts");
    let field = "Expected rows of customer_trusted";
    let wrong = |reader: &Reader| {
        let node = reader.0.harness.get_by_role_and_label(Role::TextInput, field);
        let node = node.accesskit_node();
        (node.data().invalid().is_some(), node.description())
    };
    assert!(!wrong(&reader).0);
    reader.set(field, "many");
    assert_eq!(wrong(&reader), (true, Some("a whole number is wanted".to_owned())));
    reader.set(field, "12");
    assert!(!wrong(&reader).0);
    // A notice speaks up.
    reader.0.harness.state_mut().ask(Command::OpenLink("nothing".to_owned()));
    reader.settle();
    let heard = reader.said(Role::Alert);
    assert!(heard.contains("The link cannot be opened") && heard.contains("stedi:view?"), "{heard}");
}

#[test]
fn every_figure_that_is_painted_by_hand_is_said() {
    let (mut reader, _home) = Reader::open(Some(Source::Folder(sample_data())));
    reader.press(Role::Navigation, Role::Button, "Consent");
    let view = reader.state().consent.value().unwrap().clone();
    let heard = reader.said(Role::Main);
    for bar in view.waterfalls.iter().flat_map(|waterfall| &waterfall.bars) {
        let part = format!("{}: ", bar.change.label());
        let figure = thousands(bar.rows);
        assert!(heard.lines().any(|line| line.contains(&part) && line.ends_with(&figure)), "{bar:?}");
    }
    reader.press(Role::Main, Role::Tab, "Who agreed when");
    let curve = reader.all(Role::Main, Role::Image, "Customers who had agreed");
    let words = curve[0].accesskit_node().description().unwrap();
    let last = view.consented.last().unwrap().customers;
    assert!(words.contains(&format!("{last} customers at the end")), "{words}");
    assert!(!reader.all(Role::Main, Role::Image, "recorded from ").is_empty());
    // The same words on the screen, and the curve as a table.
    reader.press(Role::Main, Role::Button, "Say the curve in words");
    assert!(words.split(". ").all(|sentence| reader.said(Role::Main).contains(sentence.trim_end_matches('.'))));
    reader.press(Role::Main, Role::Button, "Show the curve as a table");
    let table = reader.name_of(Role::Main, Role::Table, "customers who had agreed");
    assert_eq!(table, format!("customers who had agreed, {} rows", view.consented.len()));
    assert!(reader.all(Role::Main, Role::Image, "Customers who had agreed").is_empty());
}

#[test]
fn a_chart_is_a_table_of_the_readings_in_sight() {
    let (mut reader, _home) = Reader::open(Some(Source::Folder(sample_data())));
    reader.press(Role::Navigation, Role::Button, "Signals");
    reader.press(Role::Main, Role::Button, "Show the overview as a table");
    let lines = reader.state().signals.lines.value().unwrap().len();
    let table = reader.name_of(Role::Main, Role::Table, "devices and phones");
    assert_eq!(table, format!("devices and phones, {} rows", thousands(lines as u64)));
    reader.press(Role::Main, Role::Button, "Show the overview again");
    let worst = reader.name_of(Role::Main, Role::Button, "Signals of D·");
    reader.press(Role::Main, Role::Button, &worst);
    // By its keys as well.
    reader.0.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, egui::Key::T);
    reader.settle();
    let plotted = reader.state().signals.recording.value().unwrap().clone();
    let track = plotted.recording.device.as_ref().unwrap();
    let table = reader.name_of(Role::Main, Role::Table, "readings of the device");
    assert_eq!(table, format!("readings of the device, {} rows", thousands(track.series.len() as u64)));
    let text = |reader: &Reader, row: usize, column: usize| {
        let cells = reader.all(Role::Main, Role::Cell, "");
        let is_it = |cell: &&Node<'_>| {
            let node = cell.accesskit_node();
            (node.data().row_index(), node.data().column_index()) == (Some(row), Some(column))
        };
        let cell = cells.iter().find(is_it).unwrap();
        name(&cell.query_all_by_role(Role::Label).next().unwrap())
    };
    let first = track.series.times()[0];
    assert_eq!(text(&reader, 1, 2), first.to_string());
    assert_eq!(text(&reader, 1, 3), track.series.channels()[0].values()[0].to_string());
    let kept = if track.fates[0].is_kept() { "kept" } else { "dropped: " };
    assert!(text(&reader, 1, 4).starts_with(kept));
    // Cells are chosen and copied.
    let cells = reader.all(Role::Main, Role::Cell, "");
    let cell = cells.iter().find(|cell| cell.accesskit_node().data().column_index() == Some(2)).unwrap();
    cell.click_accesskit();
    reader.settle();
    reader.0.harness.event_modifiers(egui::Event::Copy, egui::Modifiers::COMMAND);
    let mut copied = None;
    for _ in 0..5 {
        reader.0.harness.step();
        copied =
            copied.or(reader.0.harness.output().platform_output.commands.iter().find_map(|command| match command {
                egui::OutputCommand::CopyText(text) => Some(text.clone()),
                _ => None,
            }));
    }
    assert_eq!(copied, Some(first.to_string()));
    // The other recipe has other fates, and the words follow.
    reader.press(Role::Main, Role::Button, "Show the chart again");
    reader.press(Role::Main, Role::Button, "Say the chart in words");
    let words = reader.said(Role::Main);
    reader.0.harness.state_mut().ask(Command::SetRecipe(Recipe { join: JoinRule::Owner, ..Recipe::default() }));
    reader.settle();
    assert!(words.contains("joined with a foreign motion, the first at "), "{words}");
    assert!(!reader.said(Role::Main).contains("joined with a foreign motion, the first at "));
}
