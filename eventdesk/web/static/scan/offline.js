// The page without the network: a worker keeps it, with all that it is made of.

const WORKER = "/sw.js";
const SCOPE = "/scan";

/**
 * Have the page kept by the browser, in its language.
 *
 * @returns Whether it is: not where the certificate is one that was clicked away.
 */
export async function keepPage(language = document.documentElement.lang) {
  if (!("serviceWorker" in navigator)) return false;
  try {
    const address = `${WORKER}?lang=${encodeURIComponent(language)}`;
    await navigator.serviceWorker.register(address, { scope: SCOPE, updateViaCache: "none" });
  } catch {
    return false;
  }
  const { active } = await navigator.serviceWorker.ready;
  const loaded = performance.getEntriesByType("resource").map((each) => each.name);
  await new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = resolve;
    active.postMessage({ keep: loaded }, [channel.port2]);
  });
  // iOS forgets what a page keeps after a week, unless it is asked not to or on the home screen.
  await navigator.storage?.persist?.().catch(() => false);
  return true;
}
