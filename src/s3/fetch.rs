//! Fetches objects to a folder: side by side, in pieces, tried anew, and as they were at one time.
//!
//! Every piece must be of the object that was listed (its ETag and size), and after all is here the list must be what it was.
//! What is otherwise then is fetched again, until nothing changes any more: what is read is never half of one delivery and half
//! of the next.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::path::Path as Key;
use object_store::{Error, GetOptions, GetRange, ObjectMeta, ObjectStore as _, ObjectStoreExt as _};

use super::address::is_path;
use super::connection::{Connection, Doing, pause};
use super::{Address, Choose, Fetched, Listing, S3Error};
use crate::domain::{Dataset, Progress};

/// So much is asked for at once, and so many times side by side: what is in memory is a product of both.
const PIECE: u64 = 4 << 20;
const SIDE_BY_SIDE: usize = 16;
/// How often a piece that broke off is asked for anew, beyond what is done for every request.
const BROKEN_OFF: u32 = 3;
/// How often what changed meanwhile is fetched again.
const ROUNDS: u32 = 4;

/// An object as it was listed.
#[derive(Clone, Debug, PartialEq)]
struct Object {
    key: Key,
    bytes: u64,
    tag: Option<String>,
    changed: i64,
}

/// The objects that are wanted, by their names below the address.
type Objects = BTreeMap<String, Object>;

impl Object {
    fn of(listed: ObjectMeta) -> Self {
        let changed = listed.last_modified.timestamp_millis();
        Self { key: listed.location, bytes: listed.size, tag: listed.e_tag, changed }
    }
}

/// Fetches what lies at an address into a folder of the caller's, below folders that are named as the address is. `room` is what
/// the disk has. Progress counts bytes, beside those that it has counted already.
///
/// # Errors
/// A sentence that says what, where and what to do.
pub fn fetch(
    address: &Address,
    into: &Path,
    choose: Choose<'_>,
    room: Option<u64>,
    progress: &Progress,
) -> Result<Fetched, S3Error> {
    let connection = Connection::open(address)?;
    let place = address.to_string();
    let listed = connection.run(progress, listed(&connection, address, choose));
    // Who may read one object need not be allowed to list the bucket.
    let is_single =
        matches!(&listed, Ok(objects) if objects.is_empty()) || matches!(listed, Err(S3Error::Denied { .. }));
    let single = match is_single.then(|| connection.run(progress, single(&connection, address))) {
        // A place where nothing may be listed may be a folder all the same; that is the better message.
        Some(Err(S3Error::Denied { .. })) if listed.is_err() => None,
        Some(single) => single?,
        None => None,
    };
    let (is_single, mut listed) = match single {
        Some(objects) => (true, objects),
        None => (false, listed?),
    };
    if listed.is_empty() {
        return Err(S3Error::Nothing { place });
    }
    let folder = if is_single { into.to_owned() } else { into.join(&address.bucket).join(&address.key) };
    let needed: u64 = listed.values().map(|object| object.bytes).sum();
    if let Some(room) = room.filter(|room| *room < needed) {
        return Err(S3Error::Room { place, needed, room, folder: into.display().to_string() });
    }
    let mut here = Objects::new();
    let mut total = progress.read().1;
    for _ in 0..ROUNDS {
        for name in here.keys().filter(|name| listed.get(*name) != here.get(*name)) {
            let path = folder.join(name);
            fs::remove_file(&path).map_err(at(&path))?;
        }
        here.retain(|name, object| listed.get(name) == Some(object));
        let missing: Objects = listed
            .iter()
            .filter(|(name, _)| !here.contains_key(*name))
            .map(|(name, object)| (name.clone(), object.clone()))
            .collect();
        total += missing.values().map(|object| object.bytes).sum::<u64>();
        progress.set_total(total);
        here.extend(connection.run(progress, get_all(&connection, missing, &folder, progress))?);
        listed = connection.run(progress, async {
            if is_single {
                Ok(self::single(&connection, address).await?.unwrap_or_default())
            } else {
                self::listed(&connection, address, choose).await
            }
        })?;
        if listed == here && !here.is_empty() {
            return Ok(if is_single { Fetched::File(folder.join(address.name())) } else { Fetched::Folder(folder) });
        }
    }
    Err(S3Error::KeepsChanging { place, times: ROUNDS })
}

/// The objects that a fetch would bring, without bringing them.
///
/// # Errors
/// A sentence that says what, where and what to do.
pub fn list(address: &Address, choose: Choose<'_>, progress: &Progress) -> Result<Listing, S3Error> {
    let connection = Connection::open(address)?;
    let objects = connection.run(progress, async {
        let all = listed(&connection, address, choose).await?;
        if all.is_empty() { Ok(single(&connection, address).await?.unwrap_or_default()) } else { Ok(all) }
    })?;
    let line = |(name, object): (String, Object)| (name, object.bytes, object.tag, object.changed);
    Ok(Listing(objects.into_iter().map(line).collect()))
}

/// The objects below an address that are wanted.
async fn listed(connection: &Connection, address: &Address, choose: Choose<'_>) -> Result<Objects, S3Error> {
    let all = connection.list().await?;
    let start = if address.key.is_empty() { 0 } else { address.key.len() + 1 };
    let named: Vec<(String, Object)> = all
        .into_iter()
        .filter_map(|object| Some((object.location.as_ref().get(start..)?.to_owned(), Object::of(object))))
        .filter(|(name, _)| !name.is_empty())
        .collect();
    let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
    let wanted = choose(&names);
    let all: BTreeSet<&str> = names.iter().copied().collect();
    let mut objects = Objects::new();
    for ((name, object), _) in named.iter().zip(wanted).filter(|(_, is_wanted)| *is_wanted) {
        if object.bytes == 0 && is_folder(name, &all) {
            continue;
        }
        if !is_path(name) {
            return Err(S3Error::Name { place: address.to_string(), why: "it is too long, or has a \\ in it" });
        }
        objects.insert(name.clone(), object.clone());
    }
    Ok(objects)
}

/// Whether an object without content stands for a folder: others lie below it, or it is called like one.
fn is_folder(name: &str, all: &BTreeSet<&str>) -> bool {
    let below = format!("{name}/");
    let last = name.rsplit('/').next().unwrap_or(name);
    all.range(below.as_str()..).next().is_some_and(|other| other.starts_with(&below))
        || last == "landing"
        || Dataset::from_folder_name(last).is_some()
}

/// The object at an address itself, if there is one.
async fn single(connection: &Connection, address: &Address) -> Result<Option<Objects>, S3Error> {
    if address.key.is_empty() {
        return Ok(None);
    }
    let key = Key::parse(&address.key).map_err(|_| S3Error::NoAddress)?;
    match connection.store.head(&key).await {
        Ok(object) => Ok(Some(Objects::from([(address.name().to_owned(), Object::of(object))]))),
        Err(Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(connection.explain(&error, Doing::Read)),
    }
}

/// Fetches objects; those that changed or vanished since they were listed are left out.
async fn get_all(
    connection: &Connection,
    missing: Objects,
    folder: &Path,
    progress: &Progress,
) -> Result<Objects, S3Error> {
    let mut pieces: Vec<(usize, Range<u64>)> = vec![];
    let objects: Vec<(String, Object, PathBuf)> = missing
        .into_iter()
        .map(|(name, object)| {
            let path = folder.join(&name);
            (name, object, path)
        })
        .collect();
    for (number, (_, object, path)) in objects.iter().enumerate() {
        make(path)?;
        let starts = (0..object.bytes).step_by(PIECE as usize);
        pieces.extend(starts.map(|from| (number, from..(from + PIECE).min(object.bytes))));
    }
    let mut is_same = vec![true; objects.len()];
    let mut got = stream::iter(pieces)
        .map(|(number, range)| {
            let (_, object, path) = &objects[number];
            async move {
                let Some(bytes) = get(connection, object, range.clone()).await? else { return Ok((number, false)) };
                put(path, range.start, &bytes)?;
                progress.advance(bytes.len() as u64);
                Ok::<_, S3Error>((number, true))
            }
        })
        .buffer_unordered(SIDE_BY_SIDE);
    while let Some((number, is_as_listed)) = got.try_next().await? {
        is_same[number] &= is_as_listed;
    }
    drop(got);
    let mut here = Objects::new();
    for ((name, object, path), is_same) in objects.into_iter().zip(is_same) {
        if is_same {
            here.insert(name, object);
        } else {
            fs::remove_file(&path).map_err(at(&path))?;
        }
    }
    Ok(here)
}

/// A piece of an object, or nothing if the object is no longer the one that was listed.
async fn get(connection: &Connection, object: &Object, range: Range<u64>) -> Result<Option<bytes::Bytes>, S3Error> {
    let mut times = 0;
    loop {
        let options = GetOptions {
            range: Some(GetRange::Bounded(range.clone())),
            if_match: object.tag.clone(),
            ..GetOptions::default()
        };
        let answer = match connection.store.get_opts(&object.key, options).await {
            Ok(answer) => answer,
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) => return Err(connection.explain(&error, Doing::Read)),
        };
        // A store may not know the condition, and give what it has.
        if answer.meta.e_tag != object.tag || answer.meta.size != object.bytes {
            return Ok(None);
        }
        match answer.bytes().await {
            Ok(bytes) if bytes.len() as u64 == range.end - range.start => return Ok(Some(bytes)),
            Err(error) if is_gone(&error) => return Ok(None),
            Err(error) if times >= BROKEN_OFF => return Err(connection.explain(&error, Doing::Read)),
            Ok(_) if times >= BROKEN_OFF => return Err(connection.strange("less than it said")),
            // It broke off on the way.
            Ok(_) | Err(_) => {}
        }
        pause(times).await;
        times += 1;
    }
}

/// Whether the object is no longer the one that was listed.
fn is_gone(error: &Error) -> bool {
    matches!(error, Error::NotFound { .. } | Error::Precondition { .. } | Error::NotModified { .. })
}

/// A new file, for its owner alone as its folder is.
fn make(path: &Path) -> Result<(), S3Error> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(at(parent))?;
    }
    File::create(path).map(drop).map_err(at(path))
}

fn put(path: &Path, from: u64, bytes: &[u8]) -> Result<(), S3Error> {
    let write = || {
        let mut file = OpenOptions::new().write(true).open(path)?;
        file.seek(SeekFrom::Start(from))?;
        file.write_all(bytes)
    };
    write().map_err(at(path))
}

/// What an error of the disk becomes. Names of objects are in the path, and nothing of what they say.
pub(super) fn at(path: &Path) -> impl Fn(io::Error) -> S3Error {
    move |error| S3Error::Disk { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_that_stands_for_a_folder_is_none() {
        let all = BTreeSet::from(["a", "a-b/c", "b", "b/c", "customer", "x/landing", "x/part-0"]);
        let folders: Vec<&str> = all.iter().copied().filter(|name| is_folder(name, &all)).collect();
        assert_eq!(folders, ["b", "customer", "x/landing"]);
    }
}
