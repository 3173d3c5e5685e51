// Reads codes in frames: by zxing-wasm in a worker, else by the browser, else by the house.

const MOST_BYTES = 40_000;
const PAUSE_MS = 200;

/** What reads frames best here; null where nothing does. house(picture) asks the house. */
export async function bestDecoder({ decoder, wasm, house }) {
  if (decoder && "WebAssembly" in self) {
    try {
      return await inWorker(decoder, wasm);
    } catch {
      // it did not load; the next does
    }
  }
  if ("BarcodeDetector" in self) {
    try {
      if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) return ofBrowser();
    } catch {
      // as if there were none
    }
  }
  return house ? ofHouse(house) : null;
}

function inWorker(decoder, wasm) {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  let waiting = null;
  const answered = () => new Promise((done, failed) => (waiting = { done, failed }));
  worker.onmessage = ({ data }) => {
    const { done, failed } = waiting;
    if (data.failed) failed(new Error(data.failed));
    else done(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    waiting?.failed(new Error(event.message || "the worker did not start"));
  };
  const ready = answered();
  worker.postMessage({ decoder: new URL(decoder, location.href).href, wasm: new URL(wasm, location.href).href });
  return ready.then(() => ({
    name: "zxing-wasm",
    pause: 0,
    async read(canvas, pen) {
      const { data, width, height } = pen.getImageData(0, 0, canvas.width, canvas.height);
      const answer = answered();
      worker.postMessage({ pixels: data.buffer, width, height }, [data.buffer]);
      return (await answer).texts;
    },
  }));
}

function ofBrowser() {
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  return {
    name: "BarcodeDetector",
    pause: 30,
    async read(canvas) {
      return (await detector.detect(canvas)).map((each) => each.rawValue).filter(Boolean);
    },
  };
}

function ofHouse(house) {
  const small = document.createElement("canvas");
  const pen = small.getContext("2d");
  return {
    name: "house",
    pause: PAUSE_MS,
    async read(canvas) {
      const scale = Math.min(1, 640 / Math.max(canvas.width, canvas.height));
      small.width = Math.round(canvas.width * scale);
      small.height = Math.round(canvas.height * scale);
      pen.filter = "grayscale(1)";
      pen.drawImage(canvas, 0, 0, small.width, small.height);
      for (const quality of [0.7, 0.5, 0.3]) {
        const picture = await new Promise((done) => small.toBlob(done, "image/jpeg", quality));
        if (picture && picture.size <= MOST_BYTES) return house(picture);
      }
      return [];
    },
  };
}
