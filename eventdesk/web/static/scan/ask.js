// How the house is asked, by whoever the headers say.

const ROOT = "/api/v1";

/**
 * Make what a `Pipe` and a `KeptList` ask the house by.
 *
 * @param headers Says which headers a request has, such as the secret of a device.
 * @param credentials "same-origin" for who is signed in, by the cookie.
 */
export function asking(headers, credentials = "omit") {
  return (method, path, { body, signal } = {}) => {
    const kind = body === undefined ? {} : { "content-type": "application/json" };
    const sent = body === undefined ? undefined : JSON.stringify(body);
    const given = { method, body: sent, signal, credentials, cache: "no-store" };
    return fetch(ROOT + path, { ...given, headers: { ...headers(), ...kind } });
  };
}
