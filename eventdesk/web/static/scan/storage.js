// The phone's own store: what must not be lost is on its disk before anything else is done.

const NAME = "eventdesk-scan";
const VERSION = 1;

/** Open the store, and make what it lacks. */
export function openStorage(name = NAME) {
  const opening = indexedDB.open(name, VERSION);
  opening.onupgradeneeded = () => {
    const db = opening.result;
    db.createObjectStore("lists", { keyPath: "list_id" });
    db.createObjectStore("houses", { keyPath: "origin" });
    db.createObjectStore("entered", { keyPath: ["list_id", "digest"] });
    db.createObjectStore("queue", { keyPath: "no", autoIncrement: true });
    db.createObjectStore("aside", { keyPath: "no" });
  };
  return answered(opening).then((db) => {
    db.onversionchange = () => db.close();
    return db;
  });
}

/** The answer to one request. */
export function answered(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Write in one transaction, and return when it is on the disk.
 *
 * A transaction ends across any other wait, so `work` waits for requests of its own alone.
 */
export async function write(db, stores, work) {
  const transaction = db.transaction(stores, "readwrite", { durability: "strict" });
  const done = new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("not written"));
  });
  done.catch(() => {});
  let result;
  try {
    result = await work(transaction);
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // it was over already
    }
    throw error;
  }
  await done;
  return result;
}

/** Read in one transaction. */
export function read(db, stores, work) {
  return work(db.transaction(stores, "readonly"));
}
