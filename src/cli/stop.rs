//! Ctrl-C and SIGTERM ask for an end; what runs may finish.

use tokio_util::sync::CancellationToken;

/// A token that is cancelled by the first signal. The second one ends the process at once.
pub fn on_signal() -> anyhow::Result<(CancellationToken, impl Future<Output = ()>)> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    let token = CancellationToken::new();
    let stop = token.clone();
    let wait = async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        stop.cancel();
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
    };
    Ok((token, wait))
}
