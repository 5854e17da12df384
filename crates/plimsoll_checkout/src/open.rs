//! Opening files and folders below a folder, without following any link.

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

/// Why a file could not be read.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// There is no such file.
    Missing,
    /// A link is in the way.
    Link,
    /// A folder, FIFO, socket or device.
    NotRegular,
    /// Longer than the limit.
    TooLarge {
        /// Its length in bytes.
        length: u64,
    },
    /// Anything else.
    Io(io::Error),
}

impl From<Errno> for ReadError {
    fn from(errno: Errno) -> Self {
        match errno {
            Errno::NOENT | Errno::NOTDIR => Self::Missing,
            // ELOOP for a link, EXDEV for a path that would leave the folder.
            Errno::LOOP | Errno::XDEV => Self::Link,
            // A socket, or a device without a driver.
            Errno::NXIO | Errno::NODEV => Self::NotRegular,
            other => Self::Io(other.into()),
        }
    }
}

/// Opens the folder `path` below `root`; the empty path is `root` itself.
pub(crate) fn folder(root: BorrowedFd<'_>, path: &str) -> Result<OwnedFd, Errno> {
    beneath(root, path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC)
}

/// What an entry of a folder is called and what the folder says that it is.
pub(crate) type Entry<'e> = Result<(&'e CStr, FileType), Errno>;

/// Hands each entry of a folder to `take` until that breaks or an entry cannot be read.
#[cfg(target_os = "linux")]
pub(crate) fn entries(
    folder: BorrowedFd<'_>,
    take: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    // Some hundreds of entries at a time; a name has at most 255 bytes.
    let mut buffer = [const { MaybeUninit::<u8>::uninit() }; 32_768];
    let mut entries = rustix::fs::RawDir::new(folder, &mut buffer);
    while let Some(entry) = entries.next() {
        match entry {
            Ok(entry) => take(Ok((entry.file_name(), entry.file_type())))?,
            Err(Errno::INTR) => {}
            Err(errno) => {
                take(Err(errno))?;
                break;
            }
        }
    }
    ControlFlow::Continue(())
}

/// Hands each entry of a folder to `take` until that breaks or an entry cannot be read.
#[cfg(not(target_os = "linux"))]
pub(crate) fn entries(
    folder: BorrowedFd<'_>,
    take: &mut dyn FnMut(Entry<'_>) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let mut entries = match rustix::fs::Dir::read_from(folder) {
        Ok(entries) => entries,
        Err(errno) => return take(Err(errno)),
    };
    while let Some(entry) = entries.read() {
        match entry {
            Ok(entry) => take(Ok((entry.file_name(), entry.file_type())))?,
            Err(errno) => {
                take(Err(errno))?;
                break;
            }
        }
    }
    ControlFlow::Continue(())
}

/// Opens the regular file `path` below `root` and gives its length in bytes.
///
/// The file is opened without waiting and looked at afterwards, so that something else put in
/// its place meanwhile can neither block the read nor lead it elsewhere.
pub(crate) fn regular(root: BorrowedFd<'_>, path: &str) -> Result<(File, u64), ReadError> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let file = beneath(root, path, flags)?;
    let stat = rustix::fs::fstat(&file)?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(ReadError::NotRegular);
    }
    Ok((File::from(file), u64::try_from(stat.st_size).unwrap_or(0)))
}

/// The bytes of the regular file `path` below `root`, at most `limit` of them.
pub(crate) fn bytes(root: BorrowedFd<'_>, path: &str, limit: u64) -> Result<Vec<u8>, ReadError> {
    let (file, length) = regular(root, path)?;
    if length > limit {
        return Err(ReadError::TooLarge { length });
    }
    // One byte more than expected: a read that comes back without it has met the end.
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0).saturating_add(1));
    loop {
        let count = match rustix::io::read(&file, spare_capacity(&mut bytes)) {
            Err(Errno::INTR) => continue,
            other => other?,
        };
        if count == 0 || bytes.len() as u64 == length {
            break;
        }
        // The file has grown since, or is one of /proc, which claim to be empty.
        if bytes.len() == bytes.capacity() {
            if bytes.len() as u64 > limit {
                break;
            }
            bytes.reserve(bytes.len().saturating_add(4096));
        }
    }
    let length = bytes.len() as u64;
    if length > limit { Err(ReadError::TooLarge { length }) } else { Ok(bytes) }
}

#[cfg(target_os = "linux")]
fn beneath(root: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    use rustix::fs::ResolveFlags;

    let name = if path.is_empty() { "." } else { path };
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    loop {
        match rustix::fs::openat2(root, name, flags | OFlags::NOFOLLOW, Mode::empty(), resolve) {
            // A rename elsewhere raced with the lookup, or a signal came.
            Err(Errno::AGAIN | Errno::INTR) => {}
            // Kernels before 5.6, and sandboxes that don't know the call.
            Err(Errno::NOSYS | Errno::PERM) => return by_parts(root, path, flags),
            other => return other,
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn beneath(root: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    by_parts(root, path, flags)
}

/// Opens `path` part by part, each of them without following a link.
fn by_parts(root: BorrowedFd<'_>, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let step = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut current: Option<OwnedFd> = None;
    for part in folders.split('/').filter(|part| !part.is_empty()) {
        let from = current.as_ref().map_or(root, AsFd::as_fd);
        let next = rustix::fs::openat(from, part, step, Mode::empty())?;
        current = Some(next);
    }
    let from = current.as_ref().map_or(root, AsFd::as_fd);
    let name = if name.is_empty() { "." } else { name };
    rustix::fs::openat(from, name, flags | OFlags::NOFOLLOW, Mode::empty())
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use rustix::fs::OFlags;

    use super::by_parts;

    #[test]
    fn without_openat2_links_are_not_followed_either() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("a/b/f"), "x").unwrap();
        std::os::unix::fs::symlink("a", dir.path().join("l")).unwrap();
        std::os::unix::fs::symlink("f", dir.path().join("a/b/g")).unwrap();
        let root = std::fs::File::open(dir.path()).unwrap();
        let open = |path| by_parts(root.as_fd(), path, OFlags::RDONLY).is_ok();
        assert!(open("a/b/f"));
        assert!(open(""));
        assert!(!open("l/b/f"));
        assert!(!open("a/b/g"));
        assert!(!open("a/x/f"));
    }
}
