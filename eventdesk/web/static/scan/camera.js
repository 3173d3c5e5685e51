// The camera of the phone: its picture, its torch, and each new code that is held before it.

const QUIET_MS = 3000; // a code is told again only when it was not seen for so long
const LONGEST_PX = 1280;

/** Why there is no picture: unsafe, refused or missing. */
export class NoCamera extends Error {}

export class Camera {
  /** seen(text) is told each new code. */
  constructor(video, seen) {
    this.video = video;
    this.seen = seen;
    this.decoder = null;
    this.stream = null;
    this.lastSeen = new Map();
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
  }

  get track() {
    return this.stream?.getVideoTracks()[0] || null;
  }

  get runs() {
    return this.stream !== null;
  }

  async start() {
    if (!navigator.mediaDevices?.getUserMedia) throw new NoCamera("unsafe");
    const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } };
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
    } catch (error) {
      const refused = ["NotAllowedError", "SecurityError"].includes(error.name);
      throw new NoCamera(refused ? "refused" : "missing");
    }
    this.stop();
    this.stream = stream;
    this.video.srcObject = stream;
    await this.video.play().catch(() => {});
    this.loop(stream);
  }

  stop() {
    this.stream?.getTracks().forEach((each) => each.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  get hasTorch() {
    return Boolean(this.track?.getCapabilities?.().torch);
  }

  async torch(on) {
    await this.track?.applyConstraints({ advanced: [{ torch: on }] });
  }

  async loop(stream) {
    while (this.stream === stream) {
      await this.nextFrame();
      if (this.stream !== stream || document.hidden || !this.decoder) continue;
      try {
        if (this.draw()) (await this.decoder.read(this.canvas, this.pen)).forEach((text) => this.told(text));
      } catch {
        // one frame in vain; the next is on its way
      }
      if (this.decoder.pause) await new Promise((done) => setTimeout(done, this.decoder.pause));
    }
  }

  nextFrame() {
    return new Promise((done) => {
      const late = setTimeout(done, 250); // no frames come while the page is hidden
      const soon = () => (clearTimeout(late), done());
      if (this.video.requestVideoFrameCallback) this.video.requestVideoFrameCallback(soon);
      else requestAnimationFrame(soon);
    });
  }

  draw() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || !height) return false;
    const scale = Math.min(1, LONGEST_PX / Math.max(width, height));
    const size = [Math.round(width * scale), Math.round(height * scale)];
    if (this.canvas.width !== size[0] || this.canvas.height !== size[1]) [this.canvas.width, this.canvas.height] = size;
    this.pen.drawImage(this.video, 0, 0, ...size);
    return true;
  }

  told(text) {
    const now = performance.now();
    const before = this.lastSeen.get(text);
    for (const [each, at] of this.lastSeen) if (now - at > QUIET_MS) this.lastSeen.delete(each);
    // A code that nobody took, because another was being asked for, is told at its next frame.
    if ((before === undefined || now - before > QUIET_MS) && this.seen(text) === false) return;
    this.lastSeen.set(text, now);
  }
}
