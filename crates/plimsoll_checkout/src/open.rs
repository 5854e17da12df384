//! Opening files and folders below a folder, without following any link.

use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

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
    let (mut file, length) = regular(root, path)?;
    if length > limit {
        return Err(ReadError::TooLarge { length });
    }
    // One byte more than expected: a read that comes back without it has met the end.
    let mut bytes = vec![0; usize::try_from(length).unwrap_or(0).saturating_add(1)];
    let mut read = 0;
    loop {
        let free = bytes.get_mut(read..).unwrap_or_default();
        let count = match file.read(free) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(ReadError::Io)?,
        };
        read += count;
        if count == 0 || read as u64 == length {
            break;
        }
        // The file has grown since, or is one of /proc, which claim to be empty.
        if read == bytes.len() {
            if read as u64 > limit {
                break;
            }
            bytes.resize(read.saturating_mul(2).saturating_add(4096), 0);
        }
    }
    bytes.truncate(read);
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
