//! Lines that load an export, to be copied.

use super::card::main_table;
use super::manifest::Manifest;
use crate::domain::{Format, Partition};

/// For each library, the lines that load an export lying at a path.
pub fn loaders(manifest: &Manifest, path: &str) -> Vec<(&'static str, String)> {
    let table = main_table(manifest);
    // As Python writes a text; a path may hold anything.
    let quoted = |text: String| serde_json::to_string(&text).unwrap_or_default();
    let below = |rest: &str| quoted(format!("{}/{table}/{rest}", path.trim_end_matches('/')));
    let format = manifest.packaging.format;
    let is_cut = manifest.packaging.partition != Partition::None;
    let all = format!("{}*.{}", if is_cut { "**/" } else { "" }, format.extension());
    let hive = |words: &str| if is_cut { words.to_owned() } else { String::new() };
    let pandas = match format {
        Format::Parquet => format!("import pandas as pd\ndf = pd.read_parquet({})", below("")),
        Format::Csv => many("pd.read_csv", &below(""), format),
        Format::Ndjson => many("lambda f: pd.read_json(f, lines=True)", &below(""), format),
        Format::Arrow => many("pd.read_feather", &below(""), format),
    };
    let polars = match format {
        Format::Parquet => format!("pl.scan_parquet({}{}).collect()", below(&all), hive(", hive_partitioning=True")),
        Format::Csv => format!("pl.scan_csv({}).collect()", below(&all)),
        Format::Ndjson => format!("pl.scan_ndjson({}).collect()", below(&all)),
        Format::Arrow => format!("pl.scan_ipc({}{}).collect()", below(&all), hive(", hive_partitioning=True")),
    };
    let duckdb = match format {
        Format::Parquet => format!("duckdb.sql(\"SELECT * FROM read_parquet({})\")", sql(&below(&all))),
        Format::Csv => format!("duckdb.sql(\"SELECT * FROM read_csv({})\")", sql(&below(&all))),
        Format::Ndjson => format!("duckdb.sql(\"SELECT * FROM read_ndjson({})\")", sql(&below(&all))),
        Format::Arrow => format!(
            "import pyarrow.dataset as ds\ntable = ds.dataset({}, format=\"ipc\", partitioning=\"hive\").to_table()\n\
             duckdb.sql(\"SELECT * FROM table\")",
            below("")
        ),
    };
    let mut lines = vec![
        ("pandas", pandas),
        ("Polars", format!("import polars as pl\ndf = {polars}")),
        ("DuckDB", format!("import duckdb\n{duckdb}")),
        (
            "Hugging Face datasets",
            format!("from datasets import load_dataset\nds = load_dataset({})", quoted(path.to_owned())),
        ),
        (
            "PyTorch",
            format!(
                "from datasets import load_dataset\nds = load_dataset({}, split=\"train\").with_format(\"torch\")",
                quoted(path.to_owned())
            ),
        ),
    ];
    if let Some(file) = manifest.windows.iter().flat_map(|windows| &windows.files).find(|file| file.path.ends_with(".npz")) {
        let npz = quoted(format!("{}/{}", path.trim_end_matches('/'), file.path));
        lines.push(("NumPy, the windows", format!("import numpy as np\nX = np.load({npz})[\"X\"]")));
        if let Some((_, torch)) = lines.iter_mut().find(|(name, _)| *name == "PyTorch") {
            *torch += &format!("\n\nimport numpy as np, torch\nX = torch.from_numpy(np.load({npz})[\"X\"]).float()");
        }
    }
    lines
}

fn many(read: &str, folder: &str, format: Format) -> String {
    let ending = format.extension();
    let read = if read.starts_with("lambda") { format!("({read})") } else { read.to_owned() };
    format!(
        "import pandas as pd\nfrom pathlib import Path\n\
         df = pd.concat([{read}(f) for f in sorted(Path({folder}).rglob(\"*.{ending}\"))])"
    )
}

/// A text in SQL within a Python text.
fn sql(quoted: &str) -> String {
    let inner = quoted.trim_matches('"').replace('\'', "''");
    format!("'{inner}'")
}
