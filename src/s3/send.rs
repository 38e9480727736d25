//! Writes a folder to an address, whole or not at all.
//!
//! The place must be empty. An object that says that something is unfinished comes first, and only one run can write it; then
//! come the files, side by side, large ones in parts; the store checks each against its SHA-256, and the list must have all of
//! them with their sizes. The seal comes last: whoever sees it sees all the others. What fails, or is stopped, is removed again;
//! what a run that was killed leaves has no seal.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use object_store::multipart::{MultipartStore as _, PartId};
use object_store::path::Path as Key;
use object_store::{Error, ObjectStore as _, ObjectStoreExt as _, PutMode, PutOptions, PutPayload};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::connection::{Connection, Doing, pause};
use super::fetch::at;
use super::{Address, S3Error, SUCCESS, Seal, UNFINISHED};
use crate::domain::format::hexadecimal;
use crate::domain::{Cancelled, Progress};

/// A file up to this size is sent in one go, a larger one in parts of this size or more.
const PART: u64 = 8 << 20;
/// S3 takes no more parts than this of one object.
const MOST_PARTS: u64 = 9_000;
/// Files side by side, and parts of each: what is in memory is a product of both.
const FILES: usize = 3;
const PARTS: usize = 3;
/// How often the first and the last object are tried, which are written only where nothing is.
const TRIES: u32 = 4;
/// So long the removal of what was written may take.
const REMOVAL: Duration = Duration::from_secs(60);

/// A file that is sent.
struct Outgoing {
    name: String,
    path: PathBuf,
    bytes: u64,
}

/// Objects that are sent in parts and are not whole yet.
#[derive(Clone, Default)]
struct Begun(Arc<Mutex<Beginnings>>);

#[derive(Default)]
struct Beginnings {
    ids: Vec<(Key, String)>,
    /// How many were asked for and not answered.
    asked: usize,
}

impl Begun {
    /// Nothing that can panic is done under the lock.
    fn lock(&self) -> MutexGuard<'_, Beginnings> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seal {
    fn name(self) -> &'static str {
        match self {
            Self::File(name) => name,
            Self::Success => SUCCESS,
        }
    }
}

/// Sees to it that nothing lies at an address, before the work for it begins.
///
/// # Errors
/// When something does, or that cannot be found out.
pub fn is_free(address: &Address, seal: Seal, progress: &Progress) -> Result<(), S3Error> {
    let connection = Connection::open(address)?;
    connection.run(progress, free(&connection, address, seal))
}

/// Writes all files of a folder below an address. Progress counts bytes.
///
/// # Errors
/// A sentence that says what, where and what to do; then nothing of it lies there, or the error says so.
pub fn send(folder: &Path, address: &Address, seal: Seal, progress: &Progress) -> Result<(), S3Error> {
    let mut files = vec![];
    walk(folder, "", &mut files)?;
    let (sealing, files): (Vec<Outgoing>, Vec<Outgoing>) = files.into_iter().partition(|file| file.name == seal.name());
    progress.set_total(files.iter().chain(&sealing).map(|file| file.bytes).sum());
    let last = match (seal, sealing.first()) {
        (_, Some(file)) => fs::read(&file.path).map_err(at(&file.path))?,
        (Seal::Success, None) => success(&files, progress)?,
        (Seal::File(_), None) => {
            return Err(S3Error::Incomplete { place: address.to_string(), what: "a file is missing" });
        }
    };
    let connection = Connection::open(address)?;
    let mut run = [0; 16];
    getrandom::fill(&mut run).map_err(|error| at(folder)(std::io::Error::other(error)))?;
    let marker = json!({ "run": format!("{:032x}", u128::from_le_bytes(run)) }).to_string().into_bytes();
    let taken = connection.run(progress, async {
        free(&connection, address, seal).await?;
        match create(&connection, UNFINISHED, &marker).await? {
            true => Ok(()),
            false => Err(S3Error::Busy { place: address.to_string(), seal: seal.name() }),
        }
    });
    if let Err(why) = taken {
        // It may have come there all the same. That of another run stays.
        connection.run(&Progress::default(), in_time(remove_own(&connection, UNFINISHED, &marker))).ok();
        return Err(why);
    }
    let begun = Begun::default();
    let sent = connection.run(progress, async {
        let mut sending =
            stream::iter(&files).map(|file| put(&connection, file, &begun, progress)).buffer_unordered(FILES);
        while sending.try_next().await?.is_some() {}
        drop(sending);
        arrived(&connection, address, &files).await?;
        match create(&connection, seal.name(), &last).await? {
            true => Ok(()),
            false => Err(S3Error::NotFree { place: address.to_string() }),
        }
    });
    match sent {
        Ok(()) => {
            progress.advance(sealing.iter().map(|file| file.bytes).sum());
            // All is there whatever becomes of this.
            connection.run(&Progress::default(), async { remove(&connection, UNFINISHED).await }).ok();
            Ok(())
        }
        Err(why) => {
            let all = take_back(&connection, &files, (seal.name(), &last), &begun);
            let removed = connection.run(&Progress::default(), in_time(all));
            let place = address.to_string();
            Err(if removed.is_ok() { why } else { S3Error::LeftOver { place, seal: seal.name(), why: Box::new(why) } })
        }
    }
}

/// All files below a folder, in order.
fn walk(folder: &Path, above: &str, files: &mut Vec<Outgoing>) -> Result<(), S3Error> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(at(folder))?;
    for entry in entries {
        let path = entry.path();
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        let about = fs::metadata(&path).map_err(at(&path))?;
        if about.is_dir() {
            walk(&path, &format!("{name}/"), files)?;
        } else {
            files.push(Outgoing { name, path, bytes: about.len() });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(())
}

/// The list of files that is the seal where none of them is.
fn success(files: &[Outgoing], progress: &Progress) -> Result<Vec<u8>, S3Error> {
    let mut listed = vec![];
    for file in files {
        let mut hash = Sha256::new();
        let mut open = File::open(&file.path).map_err(at(&file.path))?;
        let mut piece = vec![0; 1 << 20];
        loop {
            progress.check()?;
            let read = open.read(&mut piece).map_err(at(&file.path))?;
            if read == 0 {
                break;
            }
            hash.update(&piece[..read]);
        }
        let sha256 = hexadecimal(&hash.finalize());
        listed.push(json!({ "name": file.name, "bytes": file.bytes, "sha256": sha256 }));
    }
    let program = concat!("stedi-workbench ", env!("CARGO_PKG_VERSION"));
    let text = serde_json::to_string_pretty(&json!({ "program": program, "files": listed })).unwrap_or_default();
    Ok(format!("{text}\n").into_bytes())
}

async fn free(connection: &Connection, address: &Address, seal: Seal) -> Result<(), S3Error> {
    let place = address.to_string();
    let listed = connection.list().await?;
    let has = |name: &str| listed.iter().any(|object| object.location.as_ref() == address.join(name).key);
    match listed.iter().any(|object| object.location.as_ref() != address.key || object.size > 0) {
        false => Ok(()),
        true if has(UNFINISHED) && !has(seal.name()) => Err(S3Error::Busy { place, seal: seal.name() }),
        true => Err(S3Error::NotFree { place }),
    }
}

/// Writes a small object where nothing is. False if something is there that is not this one.
async fn create(connection: &Connection, name: &str, content: &[u8]) -> Result<bool, S3Error> {
    let key = connection.key(name)?;
    let mut is_conditional = true;
    let mut times = 0;
    loop {
        let mode = if is_conditional { PutMode::Create } else { PutMode::Overwrite };
        let payload = PutPayload::from(content.to_vec());
        match connection.store.put_opts(&key, payload, PutOptions::from(mode)).await {
            Ok(_) => return Ok(true),
            // It may be this very one, if only the answer was lost.
            Err(Error::AlreadyExists { .. }) => return is_this(connection, &key, content).await,
            Err(error) => match connection.explain(&error, Doing::Write) {
                // The store does not know the condition. That nothing is there was seen to before.
                S3Error::Store { answer, .. } if answer.starts_with("501") && is_conditional => is_conditional = false,
                S3Error::Unreachable { .. } | S3Error::Store { .. } if times < TRIES => {}
                error => return Err(error),
            },
        }
        pause(times).await;
        times += 1;
    }
}

/// Whether an object is there and says just this.
async fn is_this(connection: &Connection, key: &Key, content: &[u8]) -> Result<bool, S3Error> {
    let explain = |error: Error| connection.explain(&error, Doing::Read);
    let there = match connection.store.get(key).await {
        Ok(there) => there,
        Err(Error::NotFound { .. }) => return Ok(false),
        Err(error) => return Err(explain(error)),
    };
    Ok(there.meta.size == content.len() as u64 && there.bytes().await.map_err(explain)? == content)
}

async fn put(connection: &Connection, file: &Outgoing, begun: &Begun, progress: &Progress) -> Result<(), S3Error> {
    let key = connection.key(&file.name)?;
    let explain = |error: Error| connection.explain(&error, Doing::Write);
    if file.bytes <= PART {
        let content = read(&file.path, 0, file.bytes)?;
        connection.store.put(&key, content.into()).await.map_err(explain)?;
        progress.advance(file.bytes);
        return Ok(());
    }
    let part = PART.max(file.bytes.div_ceil(MOST_PARTS));
    let id = begin(connection, &key, begun).await?;
    let parts: Vec<PartId> = stream::iter((0..file.bytes).step_by(part as usize).enumerate())
        .map(|(number, from)| {
            let (key, id) = (&key, &id);
            async move {
                let length = part.min(file.bytes - from);
                let content = read(&file.path, from, length)?;
                let sent = connection.store.put_part(key, id, number, content.into()).await;
                let sent = sent.map_err(|error| connection.explain(&error, Doing::Write))?;
                progress.advance(length);
                Ok::<_, S3Error>(sent)
            }
        })
        .buffered(PARTS)
        .try_collect()
        .await?;
    connection.store.complete_multipart(&key, &id, parts).await.map_err(explain)?;
    begun.lock().ids.retain(|(_, other)| *other != id);
    Ok(())
}

/// Begins an object in parts. The answer is waited for even if nobody wants it any more, as without it the parts could not be
/// removed.
async fn begin(connection: &Connection, key: &Key, begun: &Begun) -> Result<String, S3Error> {
    begun.lock().asked += 1;
    let (store, of, begun) = (connection.store.clone(), key.clone(), begun.clone());
    let asked = tokio::spawn(async move {
        let answer = store.create_multipart(&of).await;
        let mut begun = begun.lock();
        begun.asked -= 1;
        begun.ids.extend(answer.as_ref().ok().map(|id| (of, id.clone())));
        answer
    });
    let answer = asked.await.map_err(|_| connection.strange("nothing"))?;
    answer.map_err(|error| connection.explain(&error, Doing::Write))
}

fn read(path: &Path, from: u64, length: u64) -> Result<Vec<u8>, S3Error> {
    let read = || {
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(from))?;
        let mut content = vec![0; length as usize];
        file.read_exact(&mut content)?;
        Ok(content)
    };
    read().map_err(at(path))
}

/// Sees to it that all files lie there, and nothing else.
async fn arrived(connection: &Connection, address: &Address, files: &[Outgoing]) -> Result<(), S3Error> {
    let listed = connection.list().await?;
    let mut there: BTreeMap<&str, u64> = listed.iter().map(|object| (object.location.as_ref(), object.size)).collect();
    there.remove(address.join(UNFINISHED).key.as_str());
    // What stands for the folder itself.
    there.remove(address.key.as_str());
    let incomplete = |what| S3Error::Incomplete { place: address.to_string(), what };
    for file in files {
        match there.remove(address.join(&file.name).key.as_str()) {
            None => return Err(incomplete("an object is missing")),
            Some(bytes) if bytes != file.bytes => return Err(incomplete("an object has another size")),
            Some(_) => {}
        }
    }
    if there.is_empty() { Ok(()) } else { Err(incomplete("somebody else wrote there meanwhile")) }
}

/// Removes what was written, the seal first and what says that it is unfinished last.
async fn take_back(
    connection: &Connection,
    files: &[Outgoing],
    (seal, content): (&str, &[u8]),
    begun: &Begun,
) -> Result<(), S3Error> {
    let mut removed = remove_own(connection, seal, content).await;
    while begun.lock().asked > 0 {
        pause(0).await;
    }
    let unfinished = std::mem::take(&mut begun.lock().ids);
    for (key, id) in unfinished {
        removed = removed.and(match connection.store.abort_multipart(&key, &id).await {
            // One that came to its end after all is removed as any other.
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(connection.explain(&error, Doing::Remove)),
        });
    }
    let mut removing = stream::iter(files).map(|file| remove(connection, &file.name)).buffer_unordered(FILES * PARTS);
    while let Some(one) = removing.next().await {
        removed = removed.and(one);
    }
    drop(removing);
    // As long as something is left, this says so.
    removed?;
    remove(connection, UNFINISHED).await
}

async fn remove(connection: &Connection, name: &str) -> Result<(), S3Error> {
    match connection.store.delete(&connection.key(name)?).await {
        Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(connection.explain(&error, Doing::Remove)),
    }
}

/// Removes an object if it is there and says just this.
async fn remove_own(connection: &Connection, name: &str, content: &[u8]) -> Result<(), S3Error> {
    if is_this(connection, &connection.key(name)?, content).await? { remove(connection, name).await } else { Ok(()) }
}

/// Removing is given up after a while.
async fn in_time(work: impl Future<Output = Result<(), S3Error>>) -> Result<(), S3Error> {
    tokio::time::timeout(REMOVAL, work).await.unwrap_or(Err(Cancelled.into()))
}
