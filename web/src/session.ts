/** Whether the server still knows who we are; asked whenever the connection is lost, for that may be the reason. */

/** To the page to sign in at when it does not; what the link showed is kept. */
export async function leaveWhenSignedOut(): Promise<void> {
  const answer = await fetch("api/account").catch(() => null); // no answer: the server is gone, not we
  if (answer?.status === 401) location.assign(`login${location.hash}`);
}
