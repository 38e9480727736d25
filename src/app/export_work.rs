//! What the workers do for the page of the exports: look at what would leave, write it, and look after what was written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::domain::{Progress, Withdrawn};
use crate::export::release::{
    Key, KeyInHand, KeyStore, Making, Manifest, Preview, ReleaseError, SideList, contained, loaders, make,
    place_without, prepare, preview, reproduce, verify, withdraw,
};
use crate::export::{ExportError, History, Listed, TrailFile, now};
use crate::landing::{Landing, Shelf, Source};
use crate::review::Review;
use crate::s3::{self, Address, S3Error, Seal, is_address};
use crate::state::{ExportChoices, OpenedExport, Proof, Searched, SideFile};

use super::on_disk::{Work, enough};
use super::recipe_file::outside_of;
use super::work::{Curated, Failure};

/// What to look at before it leaves.
#[derive(Clone, PartialEq)]
pub struct PreviewRequest {
    pub of: Curated,
    pub packaging: crate::domain::Packaging,
    pub sides: Option<Arc<SideFile>>,
}

/// What to write.
#[derive(Clone)]
pub struct ExportRequest {
    pub of: Curated,
    pub review: Arc<Review>,
    pub choices: ExportChoices,
    pub place: PathBuf,
    pub replace: bool,
    /// The landing files that are open; nothing may be written among them.
    pub source: Option<Source>,
    pub homes: Homes,
}

impl PartialEq for ExportRequest {
    /// Two exports are two exports, however alike they are.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// Where trails, keys and the list of exports are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Homes {
    pub trail: TrailFile,
    pub keys: KeyStore,
    pub history: History,
    /// Where readings are put aside that are more than there is memory for.
    pub aside: PathBuf,
    /// The bytes of memory that may be used.
    pub memory: u64,
}

/// Why an export was not written.
pub enum NotWritten {
    /// Something is at its place.
    Exists,
    Failure(Failure),
}

/// What to do with the list of exports.
#[derive(Clone, PartialEq)]
pub enum PastRequest {
    List,
    Forget(PathBuf),
}

/// The exports, and the ids of the keys that are kept.
pub type PastAnswer = (Vec<Listed>, Vec<String>);

/// What to find out of exports, or to do to one.
#[derive(Clone)]
pub enum ProveRequest {
    /// Whether it is as it was written, and whether these landing files give it.
    Verify { folder: PathBuf, landing: Arc<Landing> },
    /// Which have somebody of these.
    Search { list: Withdrawn, folders: Vec<PathBuf> },
    /// Write it without these.
    Withdraw { folder: PathBuf, list: Withdrawn, replace: bool },
}

impl PartialEq for ProveRequest {
    /// Files may have changed meanwhile: it is done again.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// What was found out or done.
pub enum ProveAnswer {
    Proved(Proof),
    Searched(Searched),
    Withdrawn(Box<OpenedExport>),
}

/// Looks at what would leave. The key is one for the moment: nothing of what is shown depends on it.
pub fn foresee(request: &PreviewRequest, progress: &Progress) -> Result<Arc<Preview>, Failure> {
    let PreviewRequest { of, packaging, sides } = request;
    enough(&of.landing, Work::Export)?;
    let key = Key::generate().map_err(ReleaseError::from)?;
    let nobody = SideList::default();
    let list = sides.as_ref().map_or(&nobody, |file| &file.list);
    let prepared = prepare(&of.curation, packaging, &key, list, &progress.part())?;
    Ok(Arc::new(preview(&prepared, &of.landing, &of.curation, progress)?))
}

/// Writes an export, if the gate is open on the disk as well.
pub fn write(request: &ExportRequest, progress: &Progress) -> Result<OpenedExport, NotWritten> {
    let ExportRequest { of, review, choices, place, replace, source, homes } = request;
    let failed = |why: String| NotWritten::Failure(Failure::Error(format!("Nothing was written: {why}")));
    if let Some(source) = source {
        outside_of(source, place).map_err(failed)?;
    }
    let trail = homes.trail.load().map_err(|error| failed(error.to_string()))?;
    let signed = review.sign_off(&trail, review.scope()).map_err(|error| failed(error.to_string()))?;
    if signed.signed().is_none() {
        return Err(failed("nobody signed these tables. See the page Join review".to_owned()));
    }
    let target = Target::at(place, *replace, homes, progress)?;
    let key = KeyInHand::of(&choices.key, &homes.keys).map_err(|error| failed(error.to_string()))?;
    let nobody = SideList::default();
    let making = Making {
        landing: &of.landing,
        curation: &of.curation,
        review,
        trail: &trail,
        signed: &signed,
        packaging: &choices.packaging,
        sides: choices.sides.as_ref().map_or(&nobody, |file| &file.list),
        key: &key,
        // The window opens the exports of its list, and can only those that are here.
        history: target.is_here().then_some(&homes.history),
        when: now(),
    };
    match make(&making, &target.folder(place), *replace, progress) {
        Ok(manifest) => {
            target.send(progress).inspect_err(|_| {
                // As where it could not be written: nobody is named by this key.
                key.new_in().map(|store| store.discard(&key.key().id()).ok());
            })?;
            Ok(opened(place, manifest, &homes.keys))
        }
        Err(ReleaseError::Exists(_)) => Err(NotWritten::Exists),
        Err(error) => match Failure::from(error) {
            Failure::Error(why) => Err(failed(why)),
            Failure::Cancelled => Err(NotWritten::Failure(Failure::Cancelled)),
        },
    }
}

/// Where an export goes: to the disk, or to a folder of its own from which it is sent when it is whole.
struct Target(Option<(Address, Arc<Shelf>)>);

impl Target {
    /// The object that is written last.
    const SEAL: Seal = Seal::File("manifest.json");

    /// On S3 the place must be free, which is found out before any work is done for it.
    fn at(place: &Path, replace: bool, homes: &Homes, progress: &Progress) -> Result<Self, NotWritten> {
        if !is_address(place) {
            return Ok(Self(None));
        }
        if replace {
            let why = "Nothing was written: on S3 an export cannot take the place of another in one step. Choose another place \
                       there, and remove the old one when the new one is whole";
            return Err(NotWritten::Failure(Failure::Error(why.to_owned())));
        }
        let address = Address::parse(place).map_err(not_sent)?;
        s3::is_free(&address, Self::SEAL, progress).map_err(not_sent)?;
        let aside = &homes.aside;
        let shelf = Shelf::below(aside).map_err(|error| not_sent(S3Error::Disk { path: aside.clone(), error }))?;
        Ok(Self(Some((address, shelf))))
    }

    fn is_here(&self) -> bool {
        self.0.is_none()
    }

    /// Where it is written first.
    fn folder(&self, place: &Path) -> PathBuf {
        self.0.as_ref().map_or_else(|| place.to_owned(), |(_, shelf)| shelf.folder().join("out"))
    }

    /// Sends what was written, if it is to be sent.
    fn send(&self, progress: &Progress) -> Result<(), NotWritten> {
        let Some((address, _)) = &self.0 else { return Ok(()) };
        progress.restart();
        s3::send(&self.folder(Path::new("")), address, Self::SEAL, progress).map_err(not_sent)
    }
}

fn not_sent(error: S3Error) -> NotWritten {
    NotWritten::Failure(match error {
        S3Error::Cancelled(_) => Failure::Cancelled,
        error @ S3Error::LeftOver { .. } => Failure::Error(error.to_string()),
        error => Failure::Error(format!("Nothing was written: {error}")),
    })
}

fn opened(folder: &Path, manifest: Manifest, keys: &KeyStore) -> OpenedExport {
    let here = || std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let folder = if is_address(folder) { folder.to_owned() } else { here() };
    let lines = loaders(&manifest, &folder.display().to_string());
    let id = &manifest.key.id;
    let key_file = keys.ids().contains(id).then(|| keys.path(id));
    OpenedExport { folder, lines, key_file, manifest }
}

/// Reads an export that was made.
pub fn open(homes: &Homes, folder: &Path) -> Result<OpenedExport, Failure> {
    Ok(opened(folder, Manifest::read(folder)?, &homes.keys))
}

/// Looks after the list of exports.
pub fn past(homes: &Homes, request: &PastRequest) -> Result<PastAnswer, Failure> {
    if let PastRequest::Forget(folder) = request {
        homes.history.forget(folder).map_err(ReleaseError::from)?;
    }
    Ok((homes.history.list(), homes.keys.ids()))
}

/// Proves exports, looks for people in them, or takes them out.
pub fn prove(homes: &Homes, request: &ProveRequest, progress: &Progress) -> Result<ProveAnswer, Failure> {
    match request {
        ProveRequest::Verify { folder, landing } => {
            Ok(ProveAnswer::Proved(proof(folder, landing, &homes.keys, progress)?))
        }
        ProveRequest::Search { list, folders } => {
            let mut found = vec![];
            for folder in folders {
                progress.check()?;
                let done = Manifest::read(folder)
                    .and_then(|manifest| contained(folder, list, &homes.keys.get(&manifest.key.id)?, &progress.part()));
                found.push((folder.clone(), done.map_err(|error| error.to_string())));
            }
            Ok(ProveAnswer::Searched(Searched { list: list.clone(), found }))
        }
        ProveRequest::Withdraw { folder, list, replace } => {
            let key = homes.keys.get(&Manifest::read(folder)?.key.id).map_err(ReleaseError::from)?;
            let place = if *replace { folder.clone() } else { place_without(folder, Path::exists) };
            withdraw(folder, list, &key, &place, *replace, now(), progress)?;
            let manifest = Manifest::read(&place)?;
            homes.history.add(&place, &manifest).map_err(ReleaseError::from)?;
            Ok(ProveAnswer::Withdrawn(Box::new(opened(&place, manifest, &homes.keys))))
        }
    }
}

fn proof(folder: &Path, landing: &Landing, keys: &KeyStore, progress: &Progress) -> Result<Proof, Failure> {
    let manifest = Manifest::read(folder)?;
    let key = keys.get(&manifest.key.id).ok();
    let mut verified = verify(folder, key.as_ref(), progress)?;
    let is_open = |sha256: &str| landing.files.iter().any(|file| file.sha256 == sha256);
    let not_made_again = if manifest.landing.iter().any(|file| is_open(&file.sha256)) {
        match reproduce(folder, key.as_ref(), None, landing, &progress.part()) {
            Ok(reproduced) => {
                verified.landing = Some(reproduced);
                None
            }
            Err(error) => match Failure::from(error) {
                Failure::Error(why) => Some(why),
                Failure::Cancelled => return Err(Failure::Cancelled),
            },
        }
    } else {
        Some("It was made from other landing files than those that are open. Open these to see whether they still give it.".to_owned())
    };
    Ok(Proof { folder: folder.to_owned(), at: now(), verified, not_made_again })
}

impl From<ReleaseError> for Failure {
    fn from(error: ReleaseError) -> Self {
        match error {
            ReleaseError::Export(ExportError::Cancelled(_)) => Self::Cancelled,
            error => Self::Error(error.to_string()),
        }
    }
}
