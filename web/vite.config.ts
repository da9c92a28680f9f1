import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    outDir: "../src/vedette/web",
    emptyOutDir: true,
    target: "es2023",
    // Nothing inlined: the content security policy allows files of our own origin only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  server: {
    // `npm run dev` shows the page of the sources against a running `vedette demo`.
    proxy: { "/ws": { target: "ws://127.0.0.1:8700", ws: true }, "/api": "http://127.0.0.1:8700" },
  },
});
