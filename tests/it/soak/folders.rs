//! What is opened in the soak.

use std::collections::HashSet;
use std::path::PathBuf;

use stedi_workbench::domain::{Dataset, Privacy};
use stedi_workbench::generate::{Defects, Generator};
use stedi_workbench::landing::Source;

use crate::support::write;

/// Made-up landing files that a user goes back and forth among, with every defect in one of them.
pub struct Folders {
    _home: tempfile::TempDir,
    pub paths: Vec<PathBuf>,
    /// What is to be seen of nobody while it is masked.
    pub secrets: HashSet<String>,
}

impl Folders {
    pub fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = ["clean", "damaged", "empty", "missing"].map(|name| home.path().join(name)).into();
        Generator { seed: 7, ..Generator::new(25) }.write(&paths[0], &Default::default()).unwrap();
        let damaged = Generator { seed: 8, defects: "all".parse::<Defects>().unwrap(), ..Generator::new(25) };
        damaged.write(&paths[1], &Default::default()).unwrap();
        write(&paths[2], "customer/a.json", "");
        let mut secrets = HashSet::new();
        for path in &paths[..2] {
            let landing = stedi_workbench::landing::read(&Source::Folder(path.clone()), &Default::default()).unwrap();
            let customers = landing.frame(Dataset::Customer);
            for column in Dataset::Customer.schema().iter().filter(|column| column.privacy != Privacy::Open) {
                let texts = customers.column(column.name).unwrap().str().unwrap();
                secrets.extend(texts.iter().flatten().filter(|text| text.len() >= 6).map(str::to_owned));
            }
        }
        assert!(secrets.len() > 100, "{}", secrets.len());
        Self { _home: home, paths, secrets }
    }
}
