/// <reference types="vitest/config" />
// Builds the console with addresses relative to <base href>, so that a server may put it behind any path prefix.
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { mockServer } from "./mock/plugin";

const api = process.env.WARPYARD_URL ?? "http://127.0.0.1:8080";

export default defineConfig(({ mode }) => ({
  base: "./",
  // The mock answers instead of a server in `npm run dev:mock` only; nothing under mock/ is reachable from src/.
  plugins: [react(), tailwindcss(), ...(mode === "mock" ? [mockServer()] : [])],
  build: {
    target: "es2022",
    // A strict content security policy allows neither inline scripts nor data: scripts.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: mode === "mock" ? {} : { proxy: { "/api": { target: api, ws: true, changeOrigin: false } } },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], setupFiles: ["src/test-setup.ts"] },
}));
