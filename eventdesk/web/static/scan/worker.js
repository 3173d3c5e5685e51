// Reads QR codes out of frames with zxing-wasm, beside the page, so that the page never waits for it.

let read = null;

async function prepare({ decoder, wasm }) {
  const library = await import(decoder);
  await library.prepareZXingModule({
    overrides: { locateFile: () => wasm },
    fireImmediately: true,
  });
  read = async (frame) => {
    const found = await library.readBarcodes(frame, {
      formats: ["QRCode"],
      tryHarder: true,
      maxNumberOfSymbols: 2,
    });
    return found.filter((each) => each.isValid && each.text).map((each) => each.text);
  };
}

self.onmessage = async ({ data }) => {
  try {
    if (data.decoder) {
      await prepare(data);
      postMessage({ ready: true });
    } else {
      const frame = new ImageData(new Uint8ClampedArray(data.pixels), data.width, data.height);
      postMessage({ texts: await read(frame) });
    }
  } catch (error) {
    postMessage({ failed: String(error) });
  }
};
